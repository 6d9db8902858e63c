from pathlib import Path

from typer.testing import CliRunner

from tests.support.alert_rules import rules_text
from workers.cli.rules import app

TESTED = "[{name: t, claims: [{act: state}], alerts: [{type: initial}]}]"


def run(command: str, *files: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [command, *map(str, files)])
    return result.exit_code, result.stdout, result.stderr


def a_file(folder: Path, text: str, name: str = "r.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_counted(tmp_path: Path) -> None:
    path = a_file(tmp_path, rules_text())

    assert run("check", path) == (0, f"{path}: 1 rule, good\n", "")


def test_each_problem_is_one_line_with_its_place(tmp_path: Path) -> None:
    path = a_file(tmp_path, rules_text(macth="x"))

    code, _, told = run("check", path)

    assert code == 1
    assert told.startswith(f"{path}:9: groups[0].rules[0].macth: unknown key 'macth'")
    assert told.count("\n") == 1


def test_a_bad_file_does_not_hide_a_good_one(tmp_path: Path) -> None:
    bad, good = a_file(tmp_path, "x", "bad.yaml"), a_file(tmp_path, rules_text(), "good.yaml")

    code, out, _ = run("check", bad, good)

    assert (code, out) == (1, f"{good}: 1 rule, good\n")


def test_a_missing_file_and_one_that_is_no_text_are_told(tmp_path: Path) -> None:
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\x00\xff\xfe")

    assert "there is no such file" in run("check", tmp_path / "none.yaml")[2]
    assert run("check", binary)[0] == 1


def test_the_tests_of_a_file_are_run(tmp_path: Path) -> None:
    path = a_file(tmp_path, rules_text(tests=TESTED))

    assert run("test", path) == (0, f"{path}: 1 rule, good\n{path}: 1 test, 0 failed\n", "")


def test_a_failing_test_is_told_with_its_line(tmp_path: Path) -> None:
    path = a_file(tmp_path, rules_text(tests=TESTED.replace("act: state", "act: deny")))

    code, _, told = run("test", path)

    assert code == 1
    assert told == f"{path}:9: harbour-news: t: 1 alerts expected, 0 came (none)\n"


def test_a_rule_without_tests_fails_the_test_command(tmp_path: Path) -> None:
    path = a_file(tmp_path, rules_text())

    code, _, told = run("test", path)

    assert (code, told) == (1, f"{path}:4: harbour-news: has no tests\n")


def test_watch_lists_are_read_from_beside_the_file(tmp_path: Path) -> None:
    a_file(tmp_path, "NATO\n", "w.txt")
    path = a_file(tmp_path, rules_text(where="[{list: w.txt, in: [source]}]"))

    assert run("check", path)[0] == 0

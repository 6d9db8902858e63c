"""How ``claimwire`` starts and how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from workers import __version__
from workers.cli import main as cli
from workers.cli.errors import CliError
from workers.wire import contract

HEAVY = ("spacy", "faust", "kafka", "onnxruntime", "trafilatura", "jsonschema_rs", "aiokafka")


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--help") == 0

    shown = capsys.readouterr().out
    assert cli.COMMANDS
    assert all(name in shown for name in cli.COMMANDS)
    assert "claimwire enrich article.txt" in shown


def test_no_command_shows_the_help_and_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run() == 2
    assert "Usage: claimwire" in capsys.readouterr().out


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--version") == 0
    assert capsys.readouterr().out == f"claimwire {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [["relay"], ["schemas", "chekc"], ["feed"], ["watch", "rumours"], ["watch", "--since", "soon"]],
)
def test_wrong_usage_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(*arguments) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Error" in captured.err


@pytest.mark.parametrize("name", ["feed", "watch", "topics", "dlq", "schemas"])
def test_every_command_of_ours_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(name, "--help") == 0
    assert f"Usage: claimwire {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CliError("the broker\nis away"), "claimwire: the broker is away\n"),
        (
            FileNotFoundError(2, "No such file or directory", "x.txt"),
            "claimwire: x.txt: No such file or directory\n",
        ),
    ],
)
def test_a_bad_world_is_one_line_and_one(
    error: Exception, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> list[str]:
        raise error

    monkeypatch.setattr("workers.cli.schemas.contract_problems", fail)

    assert _run("schemas", "check") == 1
    assert capsys.readouterr().err == line


def test_schemas_check_says_that_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("schemas", "check") == 0
    assert "good" in capsys.readouterr().out


def test_schemas_check_names_each_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert contract.contract_problems() == []
    monkeypatch.setattr(
        "workers.cli.schemas.contract_problems", lambda: ["claim.v1: /url: the field is gone"]
    )

    assert _run("schemas", "check") == 1
    captured = capsys.readouterr()
    assert captured.out == "claim.v1: /url: the field is gone\n"
    assert captured.err == "claimwire: 1 problems in the contract\n"


def test_help_loads_nothing_heavy() -> None:
    script = f"""
import sys
from workers.cli.main import main
try:
    main(["--help"])
except SystemExit:
    print("loaded:", *sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ended.stderr == "loaded:\n"


@pytest.mark.parametrize("arguments", [["--help"], ["schemas", "check"], ["watch", "--help"]])
def test_a_reader_that_leaves_early_is_no_failure(arguments: list[str], tmp_path: Path) -> None:
    script = f"from workers.cli.main import main; main({arguments!r})"
    errors = tmp_path / "stderr"
    with errors.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=stderr)
        assert process.stdout is not None
        process.stdout.close()
        code = process.wait(60)

    assert errors.read_text() == ""
    assert code == 0

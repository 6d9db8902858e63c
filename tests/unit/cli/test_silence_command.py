"""What ``claimwire silence`` refuses before it asks a broker, and what it says when there is none."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.broker.ports import free_ports
from workers.cli.errors import CliError
from workers.cli.silence import app

GOOD = ["add", "rule=official-denial", "--for", "2h", "--comment", "cup final"]


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIMWIRE_BROKER", f"127.0.0.1:{free_ports(1)[0]}")


def refused(*arguments: str) -> tuple[int, str]:
    """Run and return the exit code with what was said; an expected error counts as code 1."""
    result = CliRunner().invoke(app, list(arguments))
    if isinstance(result.exception, CliError):
        return 1, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["add", "rule", "--for", "2h", "--comment", "x"], "'rule' is no matcher"),
        (["add", "rule=~(", "--for", "2h", "--comment", "x"], "missing )"),
        (["add", "--for", "2h", "--comment", "x"], "Missing argument"),
        (["add", "rule=x", "--comment", "x"], "one of --for and --until is needed"),
        (
            ["add", "rule=x", "--for", "1h", "--until", "2030-01-01T00:00:00Z", "--comment", "x"],
            "one of --for and --until",
        ),
        (["add", "rule=x", "--for", "-2h", "--comment", "x"], "is no duration"),
        (["add", "rule=x", "--for", "2 hours", "--comment", "x"], "is no duration"),
        (["add", "rule=x", "--until", "tomorrow", "--comment", "x"], "'tomorrow' is no time"),
        (["add", "rule=x", "--for", "2h"], "Missing option"),
    ],
)
def test_wrong_usage_is_told_before_a_broker_is_asked(arguments: list[str], complaint: str) -> None:
    code, said = refused(*arguments)

    assert code == 2
    assert complaint in said


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([*GOOD[:-1], " "], "an author and a comment"),
        ([*GOOD, "--author", " "], "an author and a comment"),
        (["add", "rule=x", "--until", "2020-01-01T00:00:00Z", "--comment", "x"], "end before it starts"),
        (
            [
                *["add", "rule=x", "--from", "2019-01-01T00:00:00Z"],
                *["--until", "2020-01-01T00:00:00Z", "--comment", "x"],
            ],
            "would be over already: it ends at 2020-01-01 00:00:00Z",
        ),
    ],
)
def test_a_silence_that_cannot_be_is_refused(arguments: list[str], complaint: str) -> None:
    assert refused(*arguments)[0] == 1
    assert complaint in refused(*arguments)[1]


@pytest.mark.parametrize("arguments", [["list"], ["expire", "5c0ffee0"]])
def test_without_a_broker_it_is_one_line(arguments: list[str]) -> None:
    code, said = refused(*arguments)

    assert code == 1
    assert "no Kafka at 127.0.0.1" in said
    assert "\n" not in said

"""A test that cannot run is named at the end of a run, and in CI it is a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

@pytest.mark.kafka
def test_with_a_broker():
    pass

@pytest.mark.skip(reason="the moon is full")
def test_of_something_else():
    pass

def test_that_can_run():
    pass
"""
NEEDS_KAFKA = "needs the real Kafka: there is no Java"


def run_without_java(folder: Path, tests: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_some.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    kafka: needs the real Kafka\n")
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "JAVA_HOME"}}
    environment |= {"PATH": str(folder), "PYTHONPATH": str(ROOT), **variables}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.conftest",
        "-q",
        "--rootdir",
        str(folder),
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)


def test_without_java_the_run_passes_and_ends_with_what_was_not_run_and_why(tmp_path: Path) -> None:
    done = run_without_java(tmp_path, TESTS)

    assert done.returncode == 0
    _, _, end = done.stdout.partition("NOT RUN: 2")
    assert f"test_some.py::test_with_a_broker: {NEEDS_KAFKA}" in end
    assert "test_some.py::test_of_something_else: the moon is full" in end


def test_in_ci_the_same_run_fails_and_says_why(tmp_path: Path) -> None:
    done = run_without_java(tmp_path, TESTS, CI="true")

    assert done.returncode == 1
    assert "1 passed, 2 errors" in done.stdout
    assert f"not run, which is a failure in CI: {NEEDS_KAFKA}" in done.stdout


@pytest.mark.parametrize(("variables", "code"), [({}, 5), ({"CI": "true"}, 2)])
def test_a_whole_file_that_is_left_out_counts_as_well(
    tmp_path: Path, variables: dict[str, str], code: int
) -> None:
    done = run_without_java(
        tmp_path, "import pytest\npytest.skip('later', allow_module_level=True)\n", **variables
    )

    assert done.returncode == code
    assert "later" in done.stdout

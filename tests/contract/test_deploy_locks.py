"""Installing and CI: the lock files are in step with pyproject.toml, and nothing floats."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
NEEDED = {
    "run": PROJECT["project"]["dependencies"],
    "dev": PROJECT["project"]["dependencies"] + EXTRAS["demo"] + EXTRAS["dev"],
    "build": PROJECT["build-system"]["requires"],
}
ENTRY = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)

each_lock = pytest.mark.parametrize("lock", NEEDED)


def text_of(lock: str) -> str:
    return (ROOT / "locks" / f"{lock}.lock").read_text("utf-8")


def locked(lock: str) -> dict[str, set[str]]:
    """Name to versions (more than one where they differ by platform or Python)."""
    found: dict[str, set[str]] = {}
    for name, version, _, _ in ENTRY.findall(text_of(lock)):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@each_lock
def test_every_line_of_a_lock_is_pinned_and_hashed(lock: str) -> None:
    requirements = re.findall(r"^[A-Za-z0-9].*$", text_of(lock), re.M)

    assert requirements
    assert len(ENTRY.findall(text_of(lock))) == len(requirements)


@each_lock
def test_a_lock_names_no_host_and_no_folder(lock: str) -> None:
    assert not re.search(r"://|index-url|find-links| @ |^-e ", text_of(lock), re.M)


@each_lock
def test_a_lock_holds_what_pyproject_asks_for(lock: str) -> None:
    versions = locked(lock)
    wanted = [Requirement(line) for line in NEEDED[lock]]

    assert wanted
    for requirement in wanted:
        chosen = versions.get(canonicalize_name(requirement.name), set())
        assert chosen, f"{requirement} is not in locks/{lock}.lock: make lock"
        assert all(requirement.specifier.contains(version) for version in chosen), f"{requirement}: make lock"


def test_running_and_developing_use_the_same_versions() -> None:
    dev = locked("dev")

    assert {name: dev.get(name) for name in locked("run")} == locked("run")


@each_lock
def test_a_lock_brings_no_training_library(lock: str) -> None:
    assert not {"torch", "transformers", "onnx"} & set(locked(lock))


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    helped = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert phony
    assert re.findall(r"^  make (\w+) +\S", helped, re.M) == phony[1].split()
    assert set(re.findall(r"^([a-z]+):", makefile, re.M)) == set(phony[1].split())


def test_ci_runs_exactly_make_test() -> None:
    commands = re.sub(r"#.*", "", (ROOT / ".ci" / "run").read_text("utf-8"))

    assert re.findall(r"\bmake [a-z]+", commands) == ["make test"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_workflows_pin_actions_to_a_commit_and_call_the_same_commands() -> None:
    (workflow,) = (ROOT / ".github" / "workflows").glob("*.yml")
    jobs = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]

    assert used
    assert all(re.search(r"@[0-9a-f]{40}$", action) for action in used)
    assert all(re.search(r":\d+\.\d+", job["container"]) for job in jobs.values())
    assert {step["run"] for step in steps if "run" in step} >= {".ci/run", "make demo"}

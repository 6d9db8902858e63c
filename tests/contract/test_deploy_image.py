"""The Dockerfile without a Docker engine: its build stage runs in a plain folder, and what it makes works."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "The harbour will stay closed, the minister said."


@dataclass
class Stage:
    """A FROM and the instructions after it, each as (word, rest)."""

    image: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [rest for name, rest in self.steps if name == word]


def read_dockerfile() -> list[Stage]:
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    stages: list[Stage] = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            stages.append(Stage(rest.split()[0]))
        else:
            stages[-1].steps.append((word, rest))
    return stages


BUILD, FINAL = read_dockerfile()


def sources() -> list[str]:
    return [word for copy in BUILD.all("COPY") for word in copy.split()[:-1]]


def copy_shipped(source: Path, target: Path) -> None:
    """COPY: a folder's contents, or a file; leaving out what .dockerignore leaves out of both."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def run_build_stage(root: Path) -> None:
    """Do the build stage's steps with ``root`` in place of ``/``."""
    work = root
    for word, rest in BUILD.steps:
        if word == "WORKDIR":
            work = root / rest.lstrip("/")
            work.mkdir(parents=True)
        elif word == "COPY":
            *names, target = rest.split()
            for name in names:
                place = work / target / name if target == "./" else work / target
                copy_shipped(ROOT / name, place)
        elif word == "RUN":
            command = re.sub(r"(?<![\w/])/opt/", f"{root}/opt/", rest)
            answer = subprocess.run(
                command, shell=True, cwd=work, capture_output=True, text=True, check=False, timeout=1500
            )
            assert answer.returncode == 0, f"{rest}\n{answer.stdout[-2000:]}\n{answer.stderr[-2000:]}"
        else:
            pytest.fail(f"this test cannot do {word}")


def test_base_images_are_pinned_and_the_same() -> None:
    assert BUILD.image == FINAL.image
    assert re.match(r"^python:3\.\d+\.\d+-slim-[a-z]+$", FINAL.image)


def test_the_image_runs_as_nobody_special_and_tells_its_health() -> None:
    (user,) = FINAL.all("USER")
    (health,) = FINAL.all("HEALTHCHECK")

    assert user.isdigit()
    assert int(user) > 0
    assert "/health/live" in health
    assert FINAL.all("ENTRYPOINT") == ['["claimwire"]']


def test_everything_copied_exists_and_is_let_in_by_dockerignore() -> None:
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line[:1] == "!"
    }

    assert sources()
    assert set(sources()) == allowed
    assert [name for name in sources() if not (ROOT / name).exists()] == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_build_stage_makes_an_installation_that_enriches_by_itself(tmp_path: Path) -> None:
    run_build_stage(tmp_path)
    installed = tmp_path / "opt" / "claimwire" / "bin"
    environment = {"PATH": f"{installed}:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def claimwire(*arguments: str, text: str = "") -> str:
        return subprocess.run(
            [str(installed / "claimwire"), *arguments],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env=environment,
            timeout=300,
        ).stdout

    assert claimwire("--version").startswith("claimwire ")
    claimwire("schemas", "check")
    where = (
        "from workers.resources import resource\n"
        "for parts in (['schemas', 'topics.yaml'], ['models', 'en_claimwire'], ['rules', 'default.yaml'],"
        " ['deploy', 'kafka', 'pom.xml']):\n"
        "    print(resource(*parts))\n"
    )
    command = [str(installed / "python"), "-c", where]
    found = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True).split()
    assert len(found) == 4
    assert all(Path(path).is_relative_to(tmp_path / "opt" / "claimwire") for path in found)
    claimwire("rules", "check", found[2])

    enriched = json.loads(claimwire("enrich", "--format", "json", text=SENTENCE))
    document = enriched[0] if isinstance(enriched, list) else enriched
    assert document["text"] == SENTENCE

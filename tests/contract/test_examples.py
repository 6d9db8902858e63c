"""Every schema has examples, every example has a schema, and each is judged as its place and name say."""

import json
import re
from pathlib import Path

import pytest

from workers.resources import resource
from workers.wire.contract import contract_problems, examples, read_example
from workers.wire.schema import STEMS, problem_when_read, problem_when_written

VALID = [(stem, path) for stem in STEMS for path in examples(stem, "valid")]
INVALID = [(stem, path) for stem in STEMS for path in examples(stem, "invalid")]


def _name(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value)


def test_the_contract_has_no_problems() -> None:
    assert contract_problems() == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_schema_has_several_examples_of_both_kinds(stem: str) -> None:
    assert len(examples(stem, "valid")) >= 2
    assert len(examples(stem, "invalid")) >= 3


def test_every_example_file_is_used() -> None:
    files = {path for path in resource("schemas", "examples").rglob("*") if path.is_file()}

    assert files == {path for _, path in VALID + INVALID}


@pytest.mark.parametrize(("stem", "path"), VALID, ids=_name)
def test_valid_example_may_be_written_and_read(stem: str, path: Path) -> None:
    example = read_example(path)

    assert problem_when_written(stem, example) is None
    assert problem_when_read(stem, example) is None


@pytest.mark.parametrize(("stem", "path"), INVALID, ids=_name)
def test_invalid_example_fails_for_the_reason_in_its_name(stem: str, path: Path) -> None:
    problem = problem_when_written(stem, read_example(path))

    assert problem is not None
    where, _, why = problem.partition(": ")
    assert _expected(path.stem, where, why), problem


def _expected(name: str, where: str, why: str) -> bool:
    if name.startswith("unknown-field"):
        return why.startswith("Additional properties are not allowed")
    if missing := re.search(r"(?:missing|without)-([\w-]+)$", name):
        field = missing[1]
        return f'"{field}" is a required property' in why or where.endswith(f"/{field}") or field in where
    if name == "not-object":
        return 'is not of type "object"' in why
    field = name.partition("-")[0]
    return field in where


@pytest.mark.parametrize(("stem", "path"), VALID, ids=_name)
def test_a_field_of_a_newer_writer_is_read_over(stem: str, path: Path) -> None:
    newer = read_example(path) | {"added_later": "1"}

    assert problem_when_read(stem, newer) is None


def test_a_problem_never_repeats_the_words_of_an_article() -> None:
    words = "Nobody may read this in a log."

    problem = problem_when_read("article-raw.v1", {"body": [words], "article_id": "a1"})

    assert problem is not None
    assert words not in problem


def test_example_files_are_formatted_alike() -> None:
    assert VALID
    for _, path in VALID + INVALID:
        text = path.read_text("utf-8")
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n", path.name

"""The JSON Schemas as compiled validators; compiled once a process, at the first use.

The schema files are strict (``additionalProperties: false``): nothing goes out that they do not name.
Reading is tolerant of fields that are not there yet, because during a rollout a newer worker writes for an
older one; everything else is held to the same file.
"""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from workers.resources import resource
from workers.topology import Topic
from workers.wire.scalars import is_day, is_time

SUFFIX = ".schema.json"
DEAD_LETTER = "dead-letter.v1"
STEMS: tuple[str, ...] = (*(topic.schema for topic in Topic), DEAD_LETTER)


def load_schema(stem: str) -> dict[str, Any]:
    """Return the schema file ``schemas/<stem>.schema.json`` as it is written."""
    document = json.loads(resource("schemas", stem + SUFFIX).read_text("utf-8"))
    if not isinstance(document, dict):
        raise TypeError(f"the schema {stem} is not an object")
    return document


def problem_when_written(stem: str, value: object) -> str | None:
    """Return why ``value`` must not be published, or ``None``: the schema to the letter."""
    return _first_problem(_validator(stem, tolerant=False), value)


def problem_when_read(stem: str, value: object) -> str | None:
    """Return why ``value`` cannot be used, or ``None``; fields the schema does not name are let through.

    The answer is one line without any of the value's own text: ``/claims/3/stance: value is not one of …``.
    """
    return _first_problem(_validator(stem, tolerant=True), value)


def _first_problem(validator: jsonschema_rs.Draft202012Validator, value: object) -> str | None:
    error = next(validator.iter_errors(value), None)
    if error is None:
        return None
    error = _most_telling(error)
    path = "".join(f"/{step}" for step in error.instance_path)
    return f"{path or '/'}: {error.message}"


def _most_telling(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of an object that may also be null, say what is wrong inside it, not that it is neither."""
    while isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AnyOf):
        forms = [errors[0] for errors in error.kind.context if errors]
        inner = [
            form for form in forms if form.kind.name != "type" or form.instance_path != error.instance_path
        ]
        if not inner:
            return error
        error = inner[0]
    return error


@cache
def _validator(stem: str, *, tolerant: bool) -> jsonschema_rs.Draft202012Validator:
    documents = {name: load_schema(name) for name in STEMS}
    if tolerant:
        documents = {name: _open(document) for name, document in documents.items()}
    registry = jsonschema_rs.Registry([(document["$id"], document) for document in documents.values()])
    return jsonschema_rs.Draft202012Validator(
        documents[stem],
        registry=registry,
        formats={"date-time": is_time, "date": is_day},  # the validator's own let "12:00:0,Z" through
        validate_formats=True,
        mask="value",
        offline=True,
    )


def _open(node: Any) -> Any:
    """Return a copy of a schema in which objects may have more fields than it names."""
    if isinstance(node, dict):
        return {
            word: _open(child)
            for word, child in node.items()
            if not (word == "additionalProperties" and child is False)
        }
    if isinstance(node, list):
        return [_open(child) for child in node]
    return node

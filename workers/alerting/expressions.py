"""Clauses of a rule's ``match`` in CEL: checked against the message's types, compiled once, run often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from cel_expr_python import cel

from workers.alerting.shape import FieldType, descriptors, message_name, resolve, value_at

MAX_EXPRESSION = 4_000
MAX_PATTERN = 500
_TOKEN = re.compile(
    r"""(?P<string>[rR]?(?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))"""
    r"""|(?P<number>\d+\.\d+|\d+)|(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<gap>\s+)|(?P<op>&&|\|\||==|!=|.)""",
    re.DOTALL,
)
_OPENING, _CLOSING = "([{", ")]}"


class Truth(StrEnum):
    """What a clause came to; ``BROKEN`` is an evaluation error, mostly a field that is null."""

    HELD = "held"
    NOT_HELD = "not-held"
    BROKEN = "broken"


class ExpressionError(ValueError):
    """The expression cannot be a clause; the message says why and is fit for a person to read."""


Alternatives = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a rule.

    ``alternatives``, when not ``None``, say the same as the expression: it holds exactly when one of these
    (path, value) pairs is true of the message. Then it can be indexed, and has no program to run.
    """

    source: str
    subject: str
    paths: tuple[str, ...]
    alternatives: Alternatives | None
    program: cel.Expression | None = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binding:
    """A message made ready for many evaluations; ``answers`` keep what a clause of many rules came to."""

    message: Mapping[str, Any]
    activation: cel.Activation = field(compare=False, repr=False)
    answers: dict[str, Truth] = field(default_factory=dict, compare=False, repr=False)


def bind(subject: str, message: Mapping[str, Any]) -> Binding:
    """Make ``message`` known as ``subject`` ("claim") to the clauses of every rule."""
    return Binding(message, _run_environment(subject).Activation({subject: message}))


def evaluate(clause: Clause, binding: Binding) -> Truth:
    """Run ``clause``, one with a program, over a bound message; an error is an answer, never an exception."""
    known = binding.answers.get(clause.source)
    if known is None:
        assert clause.program is not None
        result = clause.program.eval(binding.activation)
        good = result.type() == cel.Type.BOOL
        known = (Truth.HELD if result.value() else Truth.NOT_HELD) if good else Truth.BROKEN
        binding.answers[clause.source] = known
    return known


def values_of(clause: Clause, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the message holds at each path the clause speaks of."""
    return {path: value_at(message, path) for path in clause.paths}


def split_clauses(expression: str) -> tuple[str, ...]:
    """Cut at every ``&&`` outside brackets and quotes; uncut when an ``||`` or ``?`` there binds looser."""
    depth, start, cuts, pieces = 0, 0, True, []
    for token in _TOKEN.finditer(expression):
        text = token.group()
        depth += (text in _OPENING) - (text in _CLOSING) if token.lastgroup == "op" else 0
        if token.lastgroup == "op" and depth == 0:
            cuts = cuts and text not in ("||", "?")
            if text == "&&":
                pieces.append(expression[start : token.start()])
                start = token.end()
    pieces.append(expression[start:])
    return tuple(piece.strip() for piece in pieces) if cuts else (expression.strip(),)


@lru_cache(maxsize=4096)
def compile_clause(source: str, subject: str, message: type) -> Clause:
    """Check and compile one clause over ``subject`` of type ``message``.

    Raises ``ExpressionError``: bad syntax, a field the message does not have, types that do not fit, a word
    outside an enum, a regular expression that RE2 refuses or that is too long or not a literal.
    """
    if len(source) > MAX_EXPRESSION:
        raise ExpressionError(f"the expression has {len(source)} characters, more than {MAX_EXPRESSION}")
    paths = _paths(source, subject, message)
    alternatives = _alternatives(source, subject, message)
    if alternatives is not None:
        return Clause(source, subject, paths, alternatives, None)
    _check_types(source, subject, message)
    _check_patterns(source, subject)
    return Clause(source, subject, paths, None, _run_environment(subject).compile(source))


def _check_types(source: str, subject: str, message: type) -> None:
    environment = _check_environment(subject, message)
    try:
        checked = environment.compile(source)
    except RuntimeError as error:
        checked = _checked_with_doubles(environment, source, str(error))
    if checked.return_type() != cel.Type.BOOL:
        raise ExpressionError(
            f"the expression is a {checked.return_type().name().lower()}, not true or false"
        )


def _checked_with_doubles(environment: cel.Env, source: str, first_error: str) -> cel.Expression:
    """The checker compares doubles with doubles only; at run time ``value > 1000`` is fine all the same."""
    doubled = "".join(
        f"{token.group()}.0" if token.lastgroup == "number" and "." not in token.group() else token.group()
        for token in _TOKEN.finditer(source)
    )
    try:
        return environment.compile(doubled)
    except RuntimeError as error:
        raise ExpressionError(_first_line(first_error)) from error


def _first_line(message: str) -> str:
    text = message.removeprefix("INVALID_ARGUMENT: ").split("\n")[0].removeprefix("ERROR: <input>:")
    return re.sub(r"^\d+:(\d+): ", r"at character \1: ", text)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression run by RE2: linear in the text, whatever it says."""

    source: str
    _program: cel.Expression = field(compare=False, repr=False)

    def matches(self, text: str) -> bool:
        """Tell whether the pattern is found in ``text``."""
        return bool(self._program.eval(data={"text": text}).value())


def compile_pattern(source: str) -> Pattern:
    """Compile a regular expression; raises ``ExpressionError`` when RE2 refuses it or it is too long."""
    if len(source) > MAX_PATTERN:
        raise ExpressionError(f"a pattern may have {MAX_PATTERN} characters, this has {len(source)}")
    pattern = Pattern(source, _run_environment("text").compile(f"text.matches({_quoted(source)})"))
    answer = pattern._program.eval(data={"text": ""})
    if answer.type() != cel.Type.BOOL:
        raise ExpressionError(str(answer.value()).removeprefix("INVALID_ARGUMENT: "))
    return pattern


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _check_patterns(source: str, subject: str) -> None:
    for call in re.finditer(r"\bmatches\s*\(", source):
        literal = _TOKEN.match(source, call.end())
        if literal is None or literal.lastgroup != "string" or source[literal.end() :].lstrip()[:1] != ")":
            raise ExpressionError("matches() takes one pattern written out in quotation marks")
        if len(literal.group()) > MAX_PATTERN:
            raise ExpressionError(
                f"a pattern may have {MAX_PATTERN} characters, this has {len(literal.group())}"
            )
        probe = _run_environment(subject).compile(f'"".matches({literal.group()})').eval(data={})
        if probe.type() != cel.Type.BOOL:
            raise ExpressionError(str(probe.value()).removeprefix("INVALID_ARGUMENT: "))


def _paths(source: str, subject: str, message: type) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for token in _TOKEN.finditer(source):
        if token.lastgroup != "path" or not token.group().startswith(f"{subject}."):
            continue
        path = token.group().removeprefix(f"{subject}.")
        while resolve(message, path) is None and "." in path:  # a method call at the end: .contains
            path = path.rpartition(".")[0]
        found[path] = None
    return tuple(found)


_EQUALS = re.compile(r"^\s*(?P<path>[\w.]+)\s*==\s*(?P<value>\"[^\"\\]*\"|'[^'\\]*')\s*$")
_IN = re.compile(r"^\s*(?P<path>[\w.]+)\s+in\s+\[(?P<values>(?:\s*(?:\"[^\"\\]*\"|'[^'\\]*')\s*,?)+)\]\s*$")
_HAS = re.compile(r"^\s*(?P<value>\"[^\"\\]*\"|'[^'\\]*')\s+in\s+(?P<path>[\w.]+)\s*$")
_QUOTED = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'")


def _alternatives(source: str, subject: str, message: type) -> Alternatives | None:
    """Read ``a == "x"``, ``a in ["x", "y"]``, ``"x" in list`` and any of these joined by ``||``."""
    pairs: set[tuple[str, str]] = set()
    for part in _split_or(_unwrapped(source)):
        form = _EQUALS.match(part) or _IN.match(part) or _HAS.match(part)
        if form is None or not form["path"].startswith(f"{subject}."):
            return None
        path = form["path"].removeprefix(f"{subject}.")
        kind = resolve(message, path)
        if kind is None or kind.base is not str or kind.repeated is not (form.re is _HAS):
            return None
        words = form["values"] if form.re is _IN else form["value"]
        pairs.update((path, _checked_word(kind, path, a or b)) for a, b in _QUOTED.findall(words))
    return frozenset(pairs)


def _checked_word(kind: FieldType, path: str, word: str) -> str:
    if kind.choices and word not in kind.choices:
        raise ExpressionError(f"{path} is never {word!r}; it is one of {', '.join(kind.choices)}")
    return word


def _unwrapped(source: str) -> str:
    """Take off brackets around the whole of ``source``; ``(a) || (b)`` keeps them."""
    text = source.strip()
    inner = text[1:-1]
    depth = 0
    for token in _TOKEN.finditer(inner):
        depth += (token.group() in _OPENING) - (token.group() in _CLOSING) if token.lastgroup == "op" else 0
        if depth < 0:
            return text
    return inner if text.startswith("(") and text.endswith(")") else text


def _split_or(source: str) -> list[str]:
    depth, start, pieces = 0, 0, []
    for token in _TOKEN.finditer(source):
        if token.lastgroup != "op":
            continue
        depth += (token.group() in _OPENING) - (token.group() in _CLOSING)
        if depth == 0 and token.group() == "||":
            pieces.append(source[start : token.start()])
            start = token.end()
    return [*pieces, source[start:]]


@cache
def _check_environment(subject: str, message: type) -> cel.Env:
    return cel.NewEnv(
        descriptor_pool=descriptors(message), variables={subject: cel.Type(message_name(message))}
    )


@cache
def _run_environment(subject: str) -> cel.Env:
    return cel.NewEnv(variables={subject: cel.Type.DYN})

"""Any rules file is a set of rules or a list of problems with their places."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON, a_claim, a_record
from tests.fuzz.fuzzing import fuzzed
from workers.agents.alert import decode, outgoing_alert
from workers.agents.alert_decisions import Circumstances, decide_record
from workers.agents.rule_book import RulesError, read_rules
from workers.alerting.loading import BadRules, load_rules
from workers.alerting.rules import RuleSet
from workers.domain.claim import Act, Certainty, ClaimTime, Stance
from workers.domain.outcome import Reject, RejectReason
from workers.resources import resource
from workers.state.sqlite import SqliteStore

LINES = resource("rules", "default.yaml").read_text("utf-8").splitlines()
ODD_LINES = (
    "", "-", "- {", "groups:", "  - name: x", "    rules: []", "&a [*a]", "*b", "<<: {}",
    "!!python/object:os.system x",
    "? [a]", "\t", "%YAML 9.9", "---", "...", "match: 'true'", "match: claim.act == ", "for: 1e9d",
    "match: claim.x",
    "match: >", "'", '"', "id: null", "severity: 9", "? ", "0: 1",
    "match: '\"a\".matches(\"(a+)+$\")'", "\x00", "\ud800",
)  # fmt: skip


LATEST_MS = 32_503_680_000_000  # the year 3000


@pytest.fixture(scope="module")
def store() -> Iterator[SqliteStore]:
    opened = SqliteStore(":memory:")
    yield opened
    opened.close()


def loaded(text: str) -> RuleSet | BadRules:
    def read(name: str) -> str | None:
        beside = resource("rules", "default.yaml").parent / name
        return text if name == "rules.yaml" else beside.read_text("utf-8") if beside.is_file() else None

    return load_rules("rules.yaml", read)


@cache
def shipped() -> RuleSet:
    rules = loaded("\n".join(LINES))
    assert isinstance(rules, RuleSet)
    return rules


@st.composite
def spoilt_rules(draw: Callable[..., Any]) -> str:
    """The shipped rules with up to four lines changed, gone, doubled, indented or replaced by odd ones."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.integers(0, 5))
        indent = " " * (len(lines[place]) - len(lines[place].lstrip()))
        if kind == 0:
            del lines[place]
        elif kind == 1:
            lines.insert(place, lines[place])
        elif kind == 2:
            lines[place] = "  " + lines[place]
        elif kind == 3:
            lines.insert(place, indent + draw(st.sampled_from(ODD_LINES)))
        elif kind == 4:
            lines[place] = lines[place].partition(":")[0] + ": " + draw(st.text(max_size=12))
        else:
            lines[place] = lines[place].replace(draw(st.sampled_from(list("'\"=&|.(){}[]:"))), "", 1)
    return "\n".join(lines)


def assert_rules_or_problems(outcome: RuleSet | BadRules) -> None:
    if isinstance(outcome, BadRules):
        assert outcome.problems
        assert all(problem.line >= 1 and str(problem).strip() for problem in outcome.problems)


@given(spoilt_rules())
@fuzzed(60)
def test_spoilt_rules_are_rules_or_problems_with_a_line(text: str) -> None:
    assert_rules_or_problems(loaded(text))


@given(
    st.lists(st.sampled_from(ODD_LINES) | st.text(max_size=20), max_size=10).map("\n".join)
    | st.text(max_size=60)
)
@fuzzed(300)
def test_any_text_is_rules_or_problems_with_a_line(text: str) -> None:
    assert_rules_or_problems(loaded(text))


@given(st.text(max_size=40))
@fuzzed(150)
def test_any_expression_is_compiled_or_refused_with_its_line(expression: str) -> None:
    head = "groups:\n  - name: g\n    rules:\n      - id: x\n        severity: info\n        match: "

    assert_rules_or_problems(loaded(head + repr(expression)))


@given(
    st.sampled_from(list(Act)),
    st.sampled_from(list(Stance)),
    st.sampled_from(list(Certainty)),
    st.sampled_from(list(ClaimTime)),
    st.integers(-1, LATEST_MS),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
@fuzzed(150)
def test_any_claim_at_any_time_is_decided_on(
    store: SqliteStore,
    act: Act,
    stance: Stance,
    certainty: Certainty,
    time: ClaimTime,
    stamp: int,
    name: str,
) -> None:
    claim = a_claim(act=act, stance=stance, certainty=certainty, time=time, subjects=())
    around = Circumstances(shipped(), (), NOON, NOON)
    with store.transaction() as transaction:
        record = a_record(topic=name, timestamp_ms=stamp)
        (decided,) = decide_record(transaction, around, record, claim)

    for alert in decided.alerts:
        assert outgoing_alert(alert).value


@given(st.none() | st.binary(max_size=4), st.integers(LATEST_MS + 1, 2**63 - 1))
@fuzzed(50)
def test_a_claim_of_a_time_that_cannot_be_is_rejected_and_stops_nobody(
    value: bytes | None, stamp: int
) -> None:
    outcome = decode(a_record(topic="news.claim.v1", value=value, timestamp_ms=stamp), shipped())

    assert isinstance(outcome, Reject)
    assert outcome.reason is RejectReason.BAD_DATE


def test_a_rules_file_that_is_not_utf_8_stops_the_start_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_bytes(b"groups:\n  - name: caf\xe9\n    rules: []\n")

    with pytest.raises(RulesError, match=r"^rules.yaml:2: \(file\): is not UTF-8$"):
        read_rules(file)

import pytest

from tests.builders import a_claim, a_quantity
from tests.support.alert_rules import a_rule_set
from workers.alerting.engine import Verdict, explain
from workers.alerting.expressions import ExpressionError, compile_clause, split_clauses, values_of
from workers.alerting.plain import to_mapping
from workers.alerting.rules import Subject
from workers.domain.claim import Act, Claim


def verdict_of(source: str, claim: Claim) -> Verdict:
    quoted = source.replace("'", "''")
    (decision,) = explain(a_rule_set(match=f"['{quoted}']"), Subject.CLAIM, to_mapping(claim))
    return decision.verdict


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("claim.acts == 'deny'", "undefined field 'acts'"),
        ("claim.source.nmae == 'x'", "undefined field 'nmae'"),
        ("claim.act == 1", "no matching overload"),
        ("claim.score > 'high'", "no matching overload"),
        ("claim.act == 'denny'", "act is never 'denny'; it is one of state, deny"),
        ("claim.act in ['deny', 'acuse']", "act is never 'acuse'"),
        ("claim.act", "is a string, not true or false"),
        ("claim.act ==", "Syntax error"),
        ("", "Syntax error"),
        ("__import__('os').system('x') == 0", "undeclared reference"),
        ("claim.content.text.matches('(')", "missing )"),
        ("claim.content.text.matches('((a{1000}){1000})')", "invalid repetition size"),
        ("claim.content.text.matches('" + "a" * 600 + "')", "a pattern may have 500 characters"),
        ("claim.content.text.matches(claim.act)", "one pattern written out"),
        ("claim.act == '" + "x" * 5000 + "'", "5015 characters, more than 4000"),
    ],
)
def test_a_bad_expression_says_what_is_wrong(source: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        compile_clause(source, "claim", Claim)

    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("claim.act == 'deny'", True),
        ("claim.act in ['accuse', 'confirm']", False),
        ("(claim.act == 'accuse' || claim.act == 'deny')", True),
        ("claim.source.kind == 'person'", True),
        ("claim.quantities.exists(q, q.value > 1000)", True),
        ("claim.quantities.exists(q, q.value > 1200.5)", False),
        ("claim.content.text.matches('(?i)HARBOUR')", True),
        ("claim.checkworthiness != null && claim.checkworthiness > 0.5", True),
        ("!claim.negated", True),
        ("size(claim.quantities) == 1", True),
    ],
)
def test_an_expression_speaks_of_the_message(source: str, holds: bool) -> None:
    claim = a_claim(act=Act.DENY, quantities=(a_quantity(value=1200),))

    assert verdict_of(source, claim) is (Verdict.MATCHED if holds else Verdict.CLAUSE_NOT_HELD)


def test_a_clause_over_a_field_that_is_null_is_broken_not_true() -> None:
    verdict = verdict_of("claim.source.role.contains('x')", a_claim(source=None))

    assert verdict is Verdict.CLAUSE_BROKEN


def test_a_pattern_that_would_make_a_backtracking_engine_endless_answers() -> None:
    claim = a_claim()

    assert verdict_of("('" + "a" * 200 + "!').matches('^(a+)+$')", claim) is Verdict.CLAUSE_NOT_HELD


def test_an_expression_is_cut_at_its_outer_ands_alone() -> None:
    expression = "a && (b && c) && d.exists(x, x && y) && 'e && f' == g"

    assert split_clauses(expression) == ("a", "(b && c)", "d.exists(x, x && y)", "'e && f' == g")
    assert split_clauses("a && b || c") == ("a && b || c",)


def test_equality_clauses_are_known_to_the_index() -> None:
    clause = compile_clause("claim.act == 'deny' || claim.stance in ['refutes', \"open\"]", "claim", Claim)

    assert clause.alternatives == frozenset({("act", "deny"), ("stance", "refutes"), ("stance", "open")})
    assert compile_clause("claim.act != 'deny'", "claim", Claim).alternatives is None


def test_values_are_those_of_the_fields_a_clause_names() -> None:
    clause = compile_clause("claim.source.name.startsWith('Ada') && claim.negated", "claim", Claim)

    assert values_of(clause, to_mapping(a_claim())) == {"source.name": "Ada Holt", "negated": False}

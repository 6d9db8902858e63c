"""Rules are data: no expression and no template reaches an object, a module or a file of the program."""

import pytest

from tests.builders import a_claim
from tests.support.alert_rules import a_rule_set
from workers.alerting.engine import Verdict, explain
from workers.alerting.expressions import ExpressionError, compile_clause
from workers.alerting.plain import to_mapping
from workers.alerting.rules import Subject
from workers.alerting.templates import Template, TemplateError, parse_template, render
from workers.domain.claim import Claim

REACHING = [
    "claim.__class__ == null",
    "claim.source.__init__ == null",
    "claim['__class__'] == null",
    "claim.content.text.__len__() > 0",
    "getattr(claim, 'act') == 'deny'",
    "type(claim).__mro__ == null",
    "globals()['x'] == 1",
    "open('/etc/passwd').read() == ''",
    "[1].map(x, x.__class__).size() == 1",
    "''.format(claim) == ''",
    "os.environ == null",
    "claim.act.matches(open('/etc/passwd'))",
    "eval('1') == 1",
    "(lambda: true)()",
]
UNTYPED = ["dyn(claim).__dict__", "dyn(claim).__class__", "dyn(claim.act).__len__", "dyn(claim)['__dict__']"]
PATHS = {"claim.act", "claim.source.name"}
TEMPLATES = [
    "{{ claim.__class__ }}",
    "{{ claim.act.__class__.__mro__ }}",
    "{{ claim['act'] }}",
    "{{ claim.act() }}",
    "{{ claim.act | attr('x') }}",
    "{{ ''.__class__ }}",
    "{{ __import__('os') }}",
    "{{ config }}",
    "{{ claim.act + claim.act }}",
    "{{ self }}",
    "{{ claim.act or __builtins__ }}",
]


@pytest.mark.parametrize("source", REACHING)
def test_an_expression_that_reaches_for_the_program_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_clause(source, "claim", Claim)


@pytest.mark.parametrize("source", UNTYPED)
def test_an_expression_that_hides_its_types_finds_nothing_when_it_runs(source: str) -> None:
    rules = a_rule_set(match=f"['{source.replace(chr(39), chr(39) * 2)} != null']")
    (decision,) = explain(rules, Subject.CLAIM, to_mapping(a_claim()))

    assert decision.verdict is Verdict.CLAUSE_BROKEN


@pytest.mark.parametrize("source", TEMPLATES)
def test_a_template_that_reaches_for_the_program_is_refused(source: str) -> None:
    with pytest.raises(TemplateError):
        parse_template(source, PATHS.__contains__)


@pytest.mark.parametrize(
    "source", ["{% for x in y %}{% endfor %}", "%(act)s {act} ${act} {0.__class__}", "#{7*7}"]
)
def test_other_template_languages_are_only_words(source: str) -> None:
    template = parse_template(source, PATHS.__contains__)

    assert render(template, {}, lambda _: pytest.fail("nothing is looked up")) == source


def test_braces_in_an_article_are_not_read_as_a_template_again() -> None:
    template: Template = parse_template("{{ claim.source.name }} said it", PATHS.__contains__)
    hostile = "{{ claim.act }} {{ claim.__class__ }}"

    assert render(template, {"claim.source.name": hostile}, lambda _: a_claim().act) == f"{hostile} said it"

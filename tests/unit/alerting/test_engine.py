from tests.builders import a_claim, a_rule_set, rules_text
from workers.alerting.engine import Verdict, explain, matches
from workers.alerting.plain import to_mapping
from workers.alerting.rules import Subject
from workers.domain.alert import MatchedClause
from workers.domain.claim import Act

STATES = to_mapping(a_claim())
DENIES = to_mapping(a_claim(act=Act.DENY))


def test_a_match_names_its_clauses_with_their_values() -> None:
    rules = a_rule_set(match="claim.act == 'state' && size(claim.quantities) > 0 && claim.score > 0.5")

    (decision,) = matches(rules, Subject.CLAIM, STATES)

    assert decision.verdict is Verdict.MATCHED
    assert decision.matched[0] == MatchedClause("claim.act == 'state'", "state")
    assert decision.matched[2] == MatchedClause("claim.score > 0.5", 0.88)


def test_a_rule_that_cannot_match_is_not_looked_at_but_can_be_explained() -> None:
    rules = a_rule_set()

    assert matches(rules, Subject.CLAIM, DENIES) == ()
    (decision,) = explain(rules, Subject.CLAIM, DENIES)
    assert decision.verdict is Verdict.CLAUSE_NOT_HELD
    assert decision.failed == MatchedClause('claim.act == "state"', "deny")


def test_a_clause_over_null_is_told_apart_from_one_that_is_false() -> None:
    rules = a_rule_set(match="claim.source.role.contains('minister')")

    message = to_mapping(a_claim(source=None))

    (decision,) = explain(rules, Subject.CLAIM, message)

    assert decision.verdict is Verdict.CLAUSE_BROKEN
    assert decision.failed == MatchedClause("claim.source.role.contains('minister')", None)
    assert matches(rules, Subject.CLAIM, message) == ()


def test_a_watched_name_is_told_as_its_list_writes_it() -> None:
    text = rules_text(match=None, where="[{list: w.txt, in: [source, subject]}]")
    rules = a_rule_set(text, {"w.txt": "Holt | Ada Holt\n"})

    (decision,) = matches(rules, Subject.CLAIM, STATES)

    assert decision.watched == "Holt"
    assert decision.matched == (MatchedClause("source or subject in w.txt", "Holt"),)
    (unwatched,) = explain(a_rule_set(text, {"w.txt": "NATO\n"}), Subject.CLAIM, STATES)
    assert unwatched.verdict is Verdict.NOT_WATCHED

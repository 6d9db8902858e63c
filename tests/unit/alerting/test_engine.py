from tests.builders import a_claim
from tests.support.alert_rules import a_rule_set, rules_text
from workers.alerting.engine import Verdict, explain, matches
from workers.alerting.index import candidates, features
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


def test_every_watch_list_of_a_rule_must_have_a_name_in_the_message() -> None:
    both = "[{list: a.txt, in: [source]}, {list: b.txt, in: [source]}]"
    text = rules_text(match=None, where=both)

    assert len(matches(a_rule_set(text, {"a.txt": "Holt", "b.txt": "Ada"}), Subject.CLAIM, STATES)) == 1
    assert matches(a_rule_set(text, {"a.txt": "Holt", "b.txt": "NATO"}), Subject.CLAIM, STATES) == ()


def test_the_rules_looked_at_do_not_grow_with_the_rules_that_cannot_match() -> None:
    one = "      - {{alert: A, id: r{0}, on: claim, match: '{1}', severity: info}}\n"
    wanted = 'claim.act == "state" && claim.source.name == "Speaker {0}"'
    many = "".join(one.format(at, wanted.format(at)) for at in range(500))
    mine = one.format("mine", 'claim.source.name == "Ada Holt"')
    rules = a_rule_set(f"groups:\n  - name: g\n    rules:\n{many}{mine}")
    index = rules.indexes[Subject.CLAIM]

    assert candidates(index, features(index, STATES, ())) == [500]

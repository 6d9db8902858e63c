"""What the passing of time decides: alerts that end, news that fell quiet, storms and silences over.

And what waited for its rule's budget: as much as there is room for, the longest waiting first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from workers.alerting.advance import Outcome, episode_end
from workers.alerting.budget import budget_key, end_storm, over_budget, spend, storm_end
from workers.alerting.conditions import Rate, fallen_quiet, judge
from workers.alerting.draft import Decided, Draft
from workers.alerting.groups import GroupState, HeldBack, Phase, Sighting, Withheld
from workers.alerting.muting import NOTHING_MUTED, Mute, Muting, muted
from workers.alerting.rules import Rule, RuleSet
from workers.alerting.telling import labels_of, published, tell, tell_quiet
from workers.domain.alert import AlertType, MatchedClause


def due_at(rules: RuleSet, state: GroupState) -> datetime | None:
    """Return the event time at which ``tick`` has something to do here; ``None``: never."""
    rule = rules.rule(state.rule.id)
    if rule is None:
        return None
    if state.spent is not None:
        return storm_end(rule, state)
    if rule.quiet is not None:
        due = state.last_at + rule.quiet.lasting
        return due if state.held_back is None and fallen_quiet(rule.quiet, state, due) else None
    frees_at = _budget_frees_at(rule, state)
    ends_at = None
    if state.phase is Phase.FIRING and rule.keep_firing_for is not None:
        ends_at = (state.held_at or state.starts_at) + rule.keep_firing_for
    return min((each for each in (frees_at, ends_at) if each is not None), default=None)


def budgets_of(rules: RuleSet, states: Iterable[GroupState]) -> tuple[str, ...]:
    """Return the keys of the budgets that ``tick`` and ``release`` may ask of for these groups."""
    waiting = ((rules.rule(state.rule.id), state) for state in states if state.held_back is not None)
    keys = (budget_key(rule, state.tense) for rule, state in waiting if rule is not None)
    return tuple(dict.fromkeys(keys))


def tick(
    rules: RuleSet, now: datetime, groups: Mapping[str, GroupState], muting: Muting = NOTHING_MUTED
) -> Decided:
    """Let event time reach ``now`` (the stage's watermark): end what is over, raise what has been quiet.

    ``groups`` are any of the stored ones, and the ``budgets_of`` them; a state whose rule is gone is left
    alone (see ``retire``).
    """
    draft = Draft(groups)
    for state in sorted(groups.values(), key=_order):
        rule = rules.rule(state.rule.id)
        due = due_at(rules, state)
        if rule is None or due is None or due > now:
            continue
        frees_at = _budget_frees_at(rule, state)
        if state.spent is not None:
            _end_storm(draft, rule, state)
        elif rule.quiet is not None:
            _fall_quiet(draft, rules, rule, state, due, muting)
        elif (end := episode_end(rule, state, now)) is not None:
            draft.end(state, end)
        elif frees_at is not None and frees_at <= now:
            _release(draft, rules, rule, state, now, muting)
    return draft.done()


def retire(now: datetime, groups: Mapping[str, GroupState]) -> Decided:
    """End what fires in ``groups``: their rule is no more. ``now`` is the stage's watermark."""
    draft = Draft(groups)
    for key in sorted(groups):
        state = groups[key]
        if state.phase is Phase.FIRING:
            draft.end(state, max(now, state.starts_at))
        elif state.held_back is not None:
            draft.keep(replace(state, held_back=None))
    return draft.done()


def release(rules: RuleSet, now: datetime, groups: Mapping[str, GroupState], muting: Muting) -> Decided:
    """Tell what was silenced or inhibited and is so no longer, if it would still fire at event time ``now``.

    What is still muted, by whomever, keeps waiting. ``groups`` hold the ``budgets_of`` these, too.
    """
    draft = Draft(groups)
    for state in sorted(groups.values(), key=_order):
        rule = rules.rule(state.rule.id)
        held = state.held_back
        if rule is None or held is None or held.reason is Withheld.OVER_BUDGET:
            continue
        if rule.quiet is not None:
            _fall_quiet(draft, rules, rule, state, held.at, muting)
        else:
            _release(draft, rules, rule, state, now, muting)
    return draft.done()


def _release(
    draft: Draft, rules: RuleSet, rule: Rule, state: GroupState, now: datetime, muting: Muting
) -> None:
    last_held = state.held_at or state.starts_at
    over = rule.keep_firing_for is not None and last_held + rule.keep_firing_for < now
    sighting = None if over else _still_held(rule, state)
    if sighting is None:
        draft.keep(replace(state, held_back=None))
        draft.note(rule.id, state.alert_key, Outcome.BELOW_THRESHOLD)
        return
    mute = muted(labels_of(rule, state.group), sighting.at, muting, rules.inhibitions)
    if mute is not None:
        _hold_back(draft, state, mute, sighting.at)
        return
    budget = draft.state(budget_key(rule, state.tense))
    spending = spend(rule, budget, sighting, state.tense, max(now, sighting.at))
    draft.alerts += spending.alerts
    draft.keep(spending.state)
    if not spending.allowed:
        held = HeldBack(Withheld.OVER_BUDGET, over_budget(rule), sighting.at, spending.frees_at)
        draft.keep(replace(state, held_back=held))
        draft.note(rule.id, state.alert_key, Outcome.OVER_BUDGET)
        return
    kind = AlertType.UPDATE if state.phase is Phase.FIRING else AlertType.INITIAL
    judged = sighting.shown.matched if sighting.shown else ()
    told = published(rule, state, sighting, replace(tell(rule, state, sighting, ()), matched=judged))
    draft.keep(told)
    draft.tell(told, kind, state.tense)
    draft.note(rule.id, state.alert_key, Outcome(kind.value))


def _budget_frees_at(rule: Rule, state: GroupState) -> datetime | None:
    """Return when an alert that is over its rule's budget may be asked for again."""
    held = state.held_back
    if held is None or held.reason is not Withheld.OVER_BUDGET:
        return None
    return held.until or held.at + rule.budget.per


def _order(state: GroupState) -> tuple[bool, datetime, str]:
    """Storms end before anything asks for their budget; what has waited longest asks first."""
    held = state.held_back
    return state.spent is None, state.starts_at if held is None else held.at, state.alert_key


def _still_held(rule: Rule, state: GroupState) -> Sighting | None:
    """Return the newest sighting for which the rule's conditions hold with what came before it."""
    conditions = [each for each in rule.conditions if not isinstance(each, Rate)]  # counted, not remembered
    for number in reversed(range(len(state.sightings))):
        sighting = state.sightings[number]
        before = replace(state, sightings=state.sightings[:number])
        if sighting.shown is not None and all(judge(each, before, sighting).held for each in conditions):
            return sighting
    return None


def _fall_quiet(
    draft: Draft, rules: RuleSet, rule: Rule, state: GroupState, since: datetime, muting: Muting
) -> None:
    told = tell_quiet(rule, state)
    mute = muted(told.labels, since, muting, rules.inhibitions)
    if mute is not None:
        _hold_back(draft, state, mute, since)
        return
    fired = published(rule, replace(state, starts_at=since), state.sightings[-1], told)
    draft.keep(fired)
    draft.tell(fired, AlertType.INITIAL, state.tense)
    draft.note(rule.id, state.alert_key, Outcome.INITIAL, told.matched[-1])


def _hold_back(draft: Draft, state: GroupState, mute: Mute, at: datetime) -> None:
    held = HeldBack(mute.reason, mute.by, at)
    if held != state.held_back:
        draft.keep(replace(state, held_back=held))
    draft.note(
        state.rule.id, state.alert_key, Outcome(mute.reason.value), MatchedClause(mute.reason, mute.by)
    )


def _end_storm(draft: Draft, rule: Rule, state: GroupState) -> None:
    after, summary = end_storm(rule, state)
    draft.alerts.append(summary)
    draft.keep(after)
    draft.note(rule.id, state.alert_key, Outcome.RESOLVED)

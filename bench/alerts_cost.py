"""``python -m bench.alerts_cost``: what rules cost, in processor time of one core, without the database.

Claims of full size out of an enriched folder or a file; each is matched twice, as the stage does: once for
the keys of the states, once for the decision. Processor time bears a machine that is not quiet.
"""

import argparse
import gzip
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from workers.alerting.alerts import decide_on, keys_for
from workers.alerting.groups import GroupState, from_json, to_json
from workers.alerting.loading import BadRules, load_rules
from workers.alerting.observations import observe_claim
from workers.alerting.rules import RuleSet
from workers.cli.alert_run import read_message
from workers.domain.alert import AlertTense
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.ids import content_id

_COUNTS = (1, 100, 1_000, 10_000)
_ACTS = ("deny", "confirm", "accuse", "predict", "promise", "demand")
_UNINDEXED_MOST = 1_000


def main(arguments: Sequence[str]) -> int:
    """Print a row for each shape of rule, then the size of a group's state."""
    parser = argparse.ArgumentParser("python -m bench.alerts_cost", description=__doc__)
    parser.add_argument("--enriched", type=Path, required=True, help="folder of chunks, or a JSONL file")
    parser.add_argument("--claims", type=int, default=300)
    options = parser.parse_args(arguments)
    claims = list(itertools.islice(claims_of(options.enriched), options.claims))
    names = sorted({claim.source.name for claim in claims if claim.source})
    print(f"{len(claims)} claims; claims a second of one core's processor time")
    print(f"| rules | {' | '.join(f'{count:,}' for count in _COUNTS)} |")
    for title, make in (
        ("an act and a source's name each", lambda number: _named(number, names)),
        ("a watch-list each", _watched),
        ("nothing the index could use, none matches", _unindexed),
    ):
        most = _UNINDEXED_MOST if make is _unindexed else _COUNTS[-1]
        cells = [f"{_rate(_rules(make, c, names), claims):,.0f}" if c <= most else "–" for c in _COUNTS]
        print(f"| {title} | {' | '.join(cells)} |", flush=True)
    _print_state(claims)
    return 0


def claims_of(path: Path) -> Iterator[Claim]:
    """Yield the claims of a folder of chunks, or of a file of claims or enriched articles."""
    files = sorted(path.glob("chunk-*.jsonl.gz")) if path.is_dir() else [path]
    for file in files:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            for line in stream:
                message = read_message(line)
                if isinstance(message, EnrichedArticle):
                    yield from message.claims
                elif isinstance(message, Claim):
                    yield message


def _rules(make: Callable[[int], str], count: int, names: Sequence[str]) -> RuleSet:
    text = "groups:\n  - name: g\n    rules:\n" + "".join(make(number) for number in range(count))
    lists = {f"list{number}.txt": _name(number, names) + "\n" for number in range(count)}
    loaded = load_rules("rules.yaml", {"rules.yaml": text, **lists}.get)
    if isinstance(loaded, BadRules):
        raise ValueError(str(loaded))  # noqa: TRY004 - bad text, no wrong type
    return loaded


def _rule(number: int, *lines: str) -> str:
    head = (
        f"alert: A{number}",
        f"id: rule-{number}",
        "on: claim",
        "severity: info",
        "group_by: [source.name]",
    )
    return "      - " + "\n        ".join((*head, *lines)) + "\n"


def _named(number: int, names: Sequence[str]) -> str:
    act, name = _ACTS[number % len(_ACTS)], _name(number, names).replace('"', "").replace("'", "")
    return _rule(number, f"match: ['claim.act == \"{act}\"', 'claim.source.name == \"{name}\"']")


def _name(number: int, names: Sequence[str]) -> str:
    """Return a name that the claims have, while there are any, then one that nobody has."""
    return names[number] if number < len(names) else f"Nobody Number {number}"


def _watched(number: int) -> str:
    return _rule(number, f"where: [{{list: list{number}.txt, in: [source]}}]", "match: claim.score >= 0.0")


def _unindexed(number: int) -> str:
    return _rule(number, f"match: claim.content.text.matches('no such words {number}')")


def _of_all(number: int) -> str:
    return _rule(number, "match: claim.score >= 0.0").replace("[source.name]", "[]")


def _rate(rules: RuleSet, claims: Sequence[Claim]) -> float:
    groups: dict[str, GroupState] = {}
    began = time.process_time()
    for claim in claims:
        _decide(rules, claim, groups)
    return len(claims) / (time.process_time() - began)


def _decide(rules: RuleSet, claim: Claim, groups: dict[str, GroupState]) -> None:
    assert claim.published_at is not None
    observed = observe_claim(claim, claim.published_at)
    known = {key: groups[key] for key in keys_for(rules, observed) if key in groups}
    groups.update(decide_on(rules, observed, AlertTense.TEST, known).groups)


def _print_state(claims: Sequence[Claim]) -> None:
    """Print the bytes of a group with one claim and of one that is full, and its reading and writing."""
    rules = _rules(_of_all, 1, [""])
    groups: dict[str, GroupState] = {}
    sizes = []
    for number, claim in enumerate(claims[:64]):
        _decide(rules, _renamed(claim, number), groups)
        state = next(state for state in groups.values() if state.spent is None)
        sizes.append(len(to_json(state).encode()))
    text = to_json(state)
    read = statistics.median(_seconds(lambda: from_json(text)) for _ in range(50))
    write = statistics.median(_seconds(lambda: to_json(state)) for _ in range(50))
    print(
        f"a group's state: {sizes[0]:,} bytes with one claim, {sizes[-1]:,} with {len(sizes)}; "
        f"the latter is read in {read * 1000:.1f} ms and written in {write * 1000:.1f} ms"
    )


def _renamed(claim: Claim, number: int) -> Claim:
    return replace(claim, claim_id=content_id("claim", number))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One line a record: what ``claimwire watch`` shows, and what its ``--subject`` looks into."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from workers.cli.terminal import inert
from workers.topology import Topic

Fields = dict[str, Any]

STANCES = {"affirms": "green", "refutes": "red", "open": "yellow"}
_STATUS = {"firing": "bold red", "resolved": "green"}
_KINDS = {"contradicts": "red", "corroborates": "green", "updates": "yellow"}
_LONG = 280


@dataclass(frozen=True, slots=True)
class View:
    """How one topic's messages are shown. ``words`` are what a person may look for."""

    topic: Topic
    line: Callable[[Fields], Text]
    words: Callable[[Fields], Iterator[str | None]]

    def matches(self, fields: Fields, wanted: str | None) -> bool:
        """Does ``wanted`` name one of the message's ids, or stand in one of its words, in any case?"""
        if wanted is None:
            return True
        folded = wanted.casefold()
        return any(folded in word.casefold() for word in self.words(fields) if word)


def claim_line(claim: Fields) -> Text:
    """Return who said (cue) what, with the stance in colour."""
    source = claim["source"]
    line = _origin(claim["published_at"], claim["publisher"])
    line.append(_who(claim), style="bold")
    if source and source["role"] and source["role"].casefold() not in source["name"].casefold():
        line.append(f" ({inert(source['role'])})", style="dim")
    if claim["cue"]:
        line.append(f" {inert(claim['cue']['text'])}", style="italic")
    stance = claim["stance"] if claim["act"] == "state" else f"{claim['stance']}, {claim['act']}"
    line.append(f" [{stance}] ", style=STANCES.get(claim["stance"], ""))
    words = _short(claim["content"]["text"])
    unmarked = claim["quotation"] == "direct" and not words.startswith(("“", '"', "‘", "'"))
    line.append(f"“{words}”" if unmarked else words)
    return line


def alert_line(alert: Fields) -> Text:
    """Return the alert's state, its rule, its summary and where its first evidence stands."""
    line = Text()
    line.append(f"{_minute(alert['endsAt'] or alert['startsAt'])} ", style="dim")
    line.append(f"{alert['status']} {alert['alert_type']} ", style=_STATUS.get(alert["status"], ""))
    if alert["alert_tense"] != "current":
        line.append(f"({alert['alert_tense']}) ", style="dim")
    line.append(inert(alert["rule"]["id"]), style="bold")
    summary = alert["annotations"].get("summary") or alert["evidence"][0]["text"]
    line.append(f": {_short(summary)}")
    where = alert["evidence"][-1]["url"] or alert["evidence"][-1]["article_id"]
    line.append(f"  [claims: {len(alert['evidence'])}; {inert(where)}]", style="dim")
    return line


def article_line(article: Fields) -> Text:
    """Return the headline and how much was found."""
    line = _origin(article["published_at"], article["publisher"])
    line.append(_short(article["title"] or article["text"][:_LONG] or article["article_id"]), style="bold")
    found = f"claims: {len(article['claims'])}, entities: {len(article['entities'])}"
    if article["status"] != "usable":
        found += f", {article['status']}"
    line.append(f"  [{found}]", style="dim")
    return line


def relation_line(relation: Fields) -> Text:
    """Return both claims and what the later one does to the earlier."""
    left, right = relation["left"], relation["right"]
    line = _origin(right["published_at"], right["publisher"])
    line.append(inert(right["source_name"] or "somebody"), style="bold")
    line.append(f" {relation['kind']} ", style=_KINDS.get(relation["kind"], ""))
    line.append(inert(left["source_name"] or "somebody"), style="bold")
    line.append(f": {_short(right['text'])} — {_short(left['text'])}")
    if relation["change"]:
        line.append(f"  [{_change(relation['change'])}]", style="bold")
    if not relation["origins"]["independent"]:
        line.append("  [one origin]", style="dim")
    return line


def _change(change: Fields) -> str:
    unit = f" {inert(change['unit'])}" if change["unit"] else ""
    return f"{change['from']:,} → {change['to']:,}{unit}"


def merge_line(merge: Fields) -> Text:
    """Return which story was found to be part of which."""
    line = Text().append(f"{_minute(merge['found_at'])} ", style="dim")
    line.append(f"story {merge['story_id']}").append(" is part of ", style="italic")
    return line.append(merge["merged_into"], style="bold")


def _claim_words(claim: Fields) -> Iterator[str | None]:
    yield from claim["subjects"]
    yield from claim["entities"]
    yield claim["content"]["text"]
    if source := claim["source"]:
        yield from (source["entity_id"], source["name"], source["role"])


def _alert_words(alert: Fields) -> Iterator[str | None]:
    yield alert["alert_key"]
    yield from alert["labels"].values()
    yield from alert["annotations"].values()
    yield from (evidence["text"] for evidence in alert["evidence"])


def _article_words(article: Fields) -> Iterator[str | None]:
    yield article["title"]
    for entity in article["entities"]:
        yield from (entity["entity_id"], entity["name"])


def _relation_words(relation: Fields) -> Iterator[str | None]:
    yield from (relation["subject_id"], relation["story_id"])
    for side in (relation["left"], relation["right"]):
        yield from (side["source_name"], side["text"])


def _merge_words(merge: Fields) -> Iterator[str | None]:
    yield from (merge["story_id"], merge["merged_into"], merge["relation_id"])


VIEWS: dict[str, View] = {
    "claims": View(Topic.CLAIM, claim_line, _claim_words),
    "alerts": View(Topic.ALERT, alert_line, _alert_words),
    "articles": View(Topic.ARTICLE_ENRICHED, article_line, _article_words),
    "relations": View(Topic.CLAIM_RELATION, relation_line, _relation_words),
    "stories": View(Topic.STORY_MERGE, merge_line, _merge_words),
}


def _who(claim: Fields) -> str:
    source = claim["source"]
    if source is None:
        return "somebody"
    if source["kind"] == "publisher":
        return inert(claim["publisher"] or "the outlet")
    return inert(source["name"])


def _origin(published_at: str | None, publisher: str | None) -> Text:
    return Text().append(f"{_minute(published_at)} {inert(publisher or '-')} ", style="dim")


def _minute(written: str | None) -> str:
    return (written or "-")[:16].replace("T", " ")


def _short(text: str) -> str:
    shown = inert(text)
    return shown if len(shown) <= _LONG else shown[: _LONG - 1].rstrip() + "…"

"""Articles for load and faults: made from templates by a seed, so that a run can be repeated."""

import json
import random
from collections.abc import Iterator

_PEOPLE = ("Mara Lindqvist", "Tobias Okafor", "Elena Voss", "Samuel Harte", "Ines Calder", "Pavel Dorn")
_ROLES = ("Foreign Minister", "Defense Secretary", "police chief", "union leader", "mayor", "spokeswoman")
_PLACES = ("Norvale", "Easthaven", "Karsund", "Port Arlen", "Drovia", "the Tessin valley")
_OUTLETS = ("Harbour Post", "Northern Wire", "Channel Nine", "The Karsund Courier")
_TEMPLATES = (
    "{role} {name} said on {day} that {number} people had left {place}. “We saw them go,” {last} said. "
    "“They took the northern road.”",
    "{name}, the {role}, denied the reports of {number} arrests in {place}.",
    "About {number} soldiers have reached {place}, according to {outlet}. The {role} declined to comment.",
    "“The bridge in {place} will open in {number} days,” {name} told {outlet}.",
    "The government of {place} accused {name} of hiding {number} documents. {last} called the charge absurd.",
    "{name} warned that {number} homes in {place} could lose power if the storm turns north.",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def raw_articles(count: int, seed: int, paragraphs: int = 4) -> Iterator[tuple[bytes, bytes]]:
    """Yield ``count`` (key, article-raw JSON) pairs; the same seed gives the same bytes."""
    chance = random.Random(seed)
    for number in range(count):
        article_id = f"s{seed}-a{number}"
        body = "\n\n".join(_paragraph(chance) for _ in range(paragraphs))
        message = {
            "article_id": article_id,
            "url": f"https://wire.example/{article_id}",
            "publisher": "wire.example",
            "title": f"Report {number}",
            "body": body,
            "language": "en",
            "published_at": f"2026-03-{1 + number % 28:02d}T08:00:00Z",
        }
        yield article_id.encode(), json.dumps(message, ensure_ascii=False).encode()


def _paragraph(chance: random.Random) -> str:
    name = chance.choice(_PEOPLE)
    return chance.choice(_TEMPLATES).format(
        name=name,
        last=name.split()[-1],
        role=chance.choice(_ROLES),
        place=chance.choice(_PLACES),
        outlet=chance.choice(_OUTLETS),
        number=chance.choice((12, 40, 300, 1_200, 9_000)),
        day=chance.choice(_DAYS),
    )

"""Bodies and papers that are named in full elsewhere are known by a part of their name."""

from __future__ import annotations

import re

import pytest

from workers.nlp.clusters import cluster_names
from workers.nlp.found import NameSpan
from workers.nlp.layout import lay_out
from workers.nlp.resolve import Resolver

BODIES = "House Harbour Safety Committee|Norland Court of Appeals|Aldis Board of Elections|Sea Council"


def name_of(source: str, text: str) -> str:
    """Who the last ``source`` in ``text`` is."""
    names = [NameSpan("ORG", *match.span(), 0.9) for match in re.finditer(BODIES, text)]
    layout = lay_out(text)
    place = text.rindex(source)
    return Resolver(text, layout, cluster_names(text, names, layout)).source(place, place + len(source)).name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("the safety panel", "House Harbour Safety Committee"),
        ("the appeals court", "Norland Court of Appeals"),
        ("the board of elections", "Aldis Board of Elections"),
        ("the budget panel", "the budget panel"),
    ],
)
def test_a_part_of_the_name_is_enough(source: str, name: str) -> None:
    bodies = "The House Harbour Safety Committee, the Norland Court of Appeals, the Aldis Board of Elections."
    text = f"{bodies}\nOn Monday {source} said no."

    assert name_of(source, text) == name


def test_a_panel_in_the_lead_is_the_one_named_below() -> None:
    text = "A House panel said no.\nThe House Harbour Safety Committee voted late."

    assert name_of("A House panel", text) == "House Harbour Safety Committee"


def test_a_panel_far_down_is_another_one() -> None:
    text = "The House Harbour Safety Committee met.\n" + "It rained.\n" * 6 + "A House panel said no."

    assert name_of("A House panel", text) == "A House panel"


@pytest.mark.parametrize(
    ("text", "source", "name"),
    [
        (
            "Few liked it in the Norland Times poll. It rained. The poll says so.",
            "The poll",
            "Norland Times poll",
        ),
        ("Poll says so.\nA Norland Times poll is out.", "Poll", "Norland Times poll"),
        ("A Norland Times poll is out. His poll says so.", "His poll", "His poll"),
        ("A Norland Times poll is out. Two polls say so.", "Two polls", "Two polls"),
    ],
)
def test_a_poll_goes_by_the_name_of_who_made_it(text: str, source: str, name: str) -> None:
    assert name_of(source, text) == name

"""Entities get the ids of what they stand for; in doubt they get none."""

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from workers.domain.claim import SourceKind
from workers.nlp.clusters import cluster_names
from workers.nlp.found import Cluster, NameSpan, Resolution, Resolved
from workers.nlp.kb import Entry, Kind, written
from workers.nlp.layout import lay_out
from workers.nlp.link_entities import ClaimwireLink
from workers.resources import resource

LUND = Entry("Q7", "Ada Lund", Kind.PERSON, guarded=("Lund",), offices=("mayor",), since=2010)


def names_in(text: str, **labels: str) -> list[NameSpan]:
    found = []
    for label, names in labels.items():
        matches = re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text)
        found += [NameSpan(label, *match.span(), 0.9) for match in matches]
    return sorted(found, key=lambda name: name.start)


def doc_with(text: str, *sources: int, **labels: str) -> Doc:
    """A Doc whose names are ``labels``; ``sources`` are the clusters that spoke."""
    component()  # registers the extensions
    doc = spacy.blank("en").make_doc(text)
    clusters = cluster_names(text, names_in(text, **labels), lay_out(text))
    resolved = [Resolved(clusters[place].name, SourceKind.PERSON, place) for place in sources]
    doc._.claimwire_resolution = Resolution(clusters, tuple(enumerate(resolved)))
    return doc


@cache
def component(extra: tuple[str, ...] = ()) -> ClaimwireLink:
    return ClaimwireLink(extra=extra).from_disk(resource("models", "en_claimwire", "link"))


def linked(doc: Doc, link: ClaimwireLink | None = None) -> dict[str, str | None]:
    done = (link or component())(doc)
    return {cluster.name: cluster.kb_id for cluster in done._.claimwire_resolution.clusters}


def own(tmp_path: Path, *entries: Entry) -> ClaimwireLink:
    file = tmp_path / f"own-{len(list(tmp_path.iterdir()))}.jsonl"
    file.write_text("".join(written(entry) + "\n" for entry in entries), encoding="utf-8")
    return component((str(file),))


def test_a_country_and_its_demonym_are_one_entity_with_all_mentions() -> None:
    doc = doc_with(
        "Russia answered. Russian envoys left the Russian Federation.",
        GPE="Russia|Russian Federation",
        NORP="Russian(?! F)",
    )

    assert linked(doc) == {"Russia": "Q159"}
    (cluster,) = doc._.claimwire_resolution.clusters
    assert [mention.start for mention in cluster.mentions] == [0, 17, 41]
    assert cluster.label == "GPE"


def test_a_demonym_alone_is_named_after_its_country() -> None:
    assert linked(doc_with("French envoys left.", NORP="French")) == {"France": "Q142"}


@pytest.mark.parametrize(
    "text",
    [
        "The harbour of Georgia burned.",
        "Officials in Jordan met.",
        "A man from Chad came.",
        "They marched in Congo.",
        "Talks in Washington went on.",
        "Both Korea teams of engineers met.",
    ],
)
def test_a_name_of_several_places_is_left_alone(text: str) -> None:
    doc = doc_with(text, GPE="Georgia|Jordan|Chad|Congo|Washington|Korea")

    assert list(linked(doc).values()) == [None]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Georgia held a vote, Tbilisi said.", "Georgia", "Q230"),
        ("Jordan closed its embassy in Amman.", "Jordan", "Q810"),
        ("Rebels in Congo took the road to Goma.", "Congo", "Q974"),
        ("Congo cut the line to Brazzaville.", "Congo", "Q971"),
        ("Congo has two neighbours: Kinshasa and Brazzaville.", "Congo", None),
    ],
)
def test_a_hint_elsewhere_in_the_article_decides(text: str, name: str, expected: str | None) -> None:
    assert linked(doc_with(text, GPE=name)) == {name: expected}


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("PERSON", "France"),
        ("ORG", "France"),
        ("LANGUAGE", "French"),
        ("EVENT", "Russia"),
        ("GPE", "Reuters News Agency X"),
    ],
)
def test_a_label_that_does_not_suit_the_entry_forbids_the_link(label: str, name: str) -> None:
    assert linked(doc_with(f"We know {name} well.", **{label: name})) == {name: None}


def test_a_country_is_not_linked_when_it_is_somebodys_surname() -> None:
    doc = doc_with(
        "Paul France sings. The critics love France.", PERSON="Paul France", GPE="(?<!Paul )France"
    )

    assert linked(doc) == {"Paul France": None, "France": None}


@pytest.mark.parametrize(
    "text", ["She speaks French well.", "The form came in French only.", "It was put into French."]
)
def test_a_language_is_no_country(text: str) -> None:
    assert list(linked(doc_with(text, NORP="French")).values()) == [None]


def test_a_team_is_no_country_but_the_town_where_it_plays_is_a_place() -> None:
    text = "Rugby: France beat Wales 21-9 in Italy, to win the championship. French fans sang."
    doc = doc_with(text, GPE="France|Wales|Italy", NORP="French")

    linked(doc)
    ids = [(cluster.label, cluster.kb_id) for cluster in doc._.claimwire_resolution.clusters]
    assert ids == [("GPE", None), ("GPE", None), ("GPE", "Q38"), ("NORP", "Q142")]


@pytest.mark.parametrize("text", ["The mill in Athens, Georgia, burned.", "In Athens, Ga., a mill burned."])
def test_a_capital_before_a_state_is_another_town(text: str) -> None:
    assert linked(doc_with(text, GPE="Athens")) == {"Athens": None}


def test_a_full_name_links_whatever_stands_between() -> None:
    assert linked(doc_with("Barack H. Obama spoke. Obama left.", PERSON="Barack H. Obama|Obama")) == {
        "Barack H. Obama": "Q76"
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Clinton left.", None),
        ("President Clinton left.", "Q1124"),
        ("Clinton, the former secretary of state, left.", "Q6294"),
        ("Chelsea Clinton left.", None),
        ("President Bush left.", None),
    ],
)
def test_a_surname_links_only_beside_an_office_that_tells_who_it_is(text: str, expected: str | None) -> None:
    assert list(linked(doc_with(text, PERSON="Chelsea Clinton|Clinton|Bush")).values()) == [expected]


def test_a_known_surname_in_anothers_full_name_is_not_him() -> None:
    assert linked(doc_with("Ilse Merkel sang. Merkel bowed.", PERSON="Ilse Merkel|Merkel")) == {
        "Ilse Merkel": None
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maria Cantwell bakes bread.", None),
        ("Maria Cantwell spoke in the Senate.", "Q22250"),
        ("Sen. Maria Cantwell spoke.", "Q22250"),
    ],
)
def test_a_legislator_links_only_where_politics_is_the_subject(text: str, expected: str | None) -> None:
    assert linked(doc_with(text, PERSON="Maria Cantwell")) == {"Maria Cantwell": expected}


def test_nobody_is_linked_before_his_time(tmp_path: Path) -> None:
    early, late = (doc_with("The mayor, Ada Lund, spoke.", PERSON="Ada Lund") for _ in range(2))
    early._.claimwire_published, late._.claimwire_published = date(1998, 5, 1), date(2012, 5, 1)

    assert linked(early, own(tmp_path, LUND)) == {"Ada Lund": None}
    assert linked(late, own(tmp_path, LUND)) == {"Ada Lund": "Q7"}


def test_an_acronym_and_its_name_are_one_entity() -> None:
    doc = doc_with(
        "The International Monetary Fund lent it. The IMF waits.", ORG="International Monetary Fund|IMF"
    )

    assert linked(doc) == {"International Monetary Fund": "Q7804"}


def test_a_group_of_names_that_do_not_belong_together_stays_without_id() -> None:
    doc = doc_with("Airbus spoke.", ORG="Airbus")
    (airbus,) = doc._.claimwire_resolution.clusters
    other = cluster_names("Airbus spoke.", [NameSpan("ORG", 7, 12, 0.9)], lay_out("Airbus spoke."))[0]
    doc._.claimwire_resolution = Resolution((Cluster("Airbus", "ORG", (*airbus.mentions, *other.mentions)),))

    assert linked(doc) == {"Airbus": None}


def test_sources_follow_their_clusters_and_a_bare_surname_becomes_the_full_name() -> None:
    doc = doc_with("Russian ships left Russia, Putin said.", 2, NORP="Russian", GPE="Russia", PERSON="Putin")

    assert linked(doc) == {"Russia": "Q159", "Vladimir Putin": "Q7747"}
    ((_, source),) = doc._.claimwire_resolution.sources
    assert (source.cluster, source.name) == (1, "Vladimir Putin")


def test_own_entries_add_to_the_base_and_come_before_it(tmp_path: Path) -> None:
    board = Entry("Q8", "Harbour Board", Kind.ORGANIZATION, ("HB",))
    renamed = Entry("Q142", "Gaul", Kind.COUNTRY)
    doc = doc_with("The Harbour Board wrote to Gaul, not France.", ORG="Harbour Board", GPE="Gaul|France")

    assert linked(doc, own(tmp_path, board, renamed)) == {
        "Harbour Board": "Q8",
        "Gaul": "Q142",
        "France": None,
    }


def test_priors_decide_between_own_entries_only_when_they_are_clear(tmp_path: Path) -> None:
    likely = Entry("Q8", "Port Aldis", Kind.CITY)
    rare = Entry("Q9", "Port Aldis", Kind.CITY, prior=0.05)
    frequent = Entry("Q9", "Port Aldis", Kind.CITY, prior=0.5)

    assert linked(doc_with("Port Aldis", GPE="Port Aldis"), own(tmp_path, likely, rare)) == {
        "Port Aldis": "Q8"
    }
    assert linked(doc_with("Port Aldis", GPE="Port Aldis"), own(tmp_path, likely, frequent)) == {
        "Port Aldis": None
    }


def test_an_own_file_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text('{"id": "Q1"}\n', encoding="utf-8")

    with pytest.raises(ValueError, match=r"own\.jsonl:1: name must be there"):
        ClaimwireLink(extra=[str(file)])


def test_the_base_survives_disk_and_bytes(tmp_path: Path) -> None:
    component().to_disk(tmp_path / "link")
    text = "France waits."

    for link in (
        ClaimwireLink().from_disk(tmp_path / "link"),
        ClaimwireLink().from_bytes(component().to_bytes()),
    ):
        assert linked(doc_with(text, GPE="France"), link) == {"France": "Q142"}


def test_the_factory_makes_the_component_with_own_entries_alone(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text(written(LUND) + "\n", encoding="utf-8")
    nlp = spacy.blank("en")
    link = nlp.add_pipe("claimwire_link", config={"extra": [str(file)]})

    assert isinstance(link, ClaimwireLink)
    assert len(link.knowledge) == 1

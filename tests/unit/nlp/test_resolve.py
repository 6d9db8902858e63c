"""Names are grouped, and every source gets the fullest name that the article gives it."""

import re

import pytest

from workers.domain.claim import ResolvedBy, SourceKind
from workers.nlp.clusters import cluster_names
from workers.nlp.found import Cluster, NameSpan, Resolved
from workers.nlp.layout import lay_out
from workers.nlp.resolve import Resolver


def names_in(text: str, **labels: str) -> list[NameSpan]:
    """All mentions of the given names: ``names_in(text, PERSON="Ada Holt|Holt")``; longer names win."""
    found = []
    for label, names in labels.items():
        matches = re.finditer(rf"\b(?:{names})\b", text)
        found += [NameSpan(label, *match.span(), 0.9) for match in matches]
    return sorted(found, key=lambda name: name.start)


def clusters(text: str, **labels: str) -> tuple[Cluster, ...]:
    return cluster_names(text, names_in(text, **labels), lay_out(text))


def resolved(text: str, *sources: str, **labels: str) -> Resolved:
    """Who the last of ``sources`` is; each is looked for after the one before it."""
    resolver = Resolver(text, lay_out(text), clusters(text, **labels))
    place, answer = 0, None
    for source in sources:
        place = text.index(source, place)
        answer = resolver.source(place, place + len(source))
        place += len(source)
    assert answer is not None
    return answer


def test_a_surname_joins_its_full_name() -> None:
    (holt,) = clusters("Ada Holt came. Mr. Reed left. Holt stayed.", PERSON="Ada Holt|Holt")

    assert holt.name == "Ada Holt"
    assert len(holt.mentions) == 2


def test_two_people_of_one_surname_stay_apart_and_the_one_named_first_is_meant() -> None:
    text = "Ada Holt came. Karl Holt came too. Holt sat down."

    ada, karl = clusters(text, PERSON="Ada Holt|Karl Holt|Holt")

    assert (len(ada.mentions), len(karl.mentions)) == (2, 1)


def test_a_pronoun_right_after_a_surname_tells_which_of_two_is_meant() -> None:
    text = "Ada Holt came. Karl Holt came too. Holt said he was tired."

    ada, karl = clusters(text, PERSON="Ada Holt|Karl Holt|Holt")

    assert (len(ada.mentions), len(karl.mentions)) == (1, 2)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Senator Ada Holt came. Senator Holt spoke.", "Senator Ada Holt|Senator Holt"),
        ("Norland Sen. Ada Holt came. Ada Holt spoke.", "Norland Sen. Ada Holt|Ada Holt"),
        ("Mayor Bo de Lund came. De Lund spoke.", "Bo de Lund|De Lund"),
    ],
)
def test_an_office_or_a_particle_makes_nobody_else(text: str, names: str) -> None:
    (somebody,) = clusters(text, PERSON=names)

    assert somebody.name in ("Ada Holt", "Bo de Lund")
    assert len(somebody.mentions) == 2


def test_an_acronym_joins_the_name_it_is_made_of() -> None:
    (board,) = clusters("The Harbour Safety Board met. The HSB voted.", ORG="Harbour Safety Board|HSB")

    assert board.name == "Harbour Safety Board"


def test_a_country_is_one_entity_under_all_its_names() -> None:
    (country,) = clusters("The U.S. objected. Later the United States agreed.", GPE="U\\.S\\.|United States")

    assert country.name == "United States"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Harbour Minister Ada Holt said no.", "Harbour Minister"),
        ("In a letter on Monday, Defence Secretary Ada Holt said no.", "Defence Secretary"),
        ("National Harbour Council spokeswoman Ada Holt said no.", "National Harbour Council spokeswoman"),
        ("Sen. Ada Holt said no.", "senator"),
        ("Ada Holt, head of the Harbour Bank, said no.", "head of the Harbour Bank"),
        ("Ada Holt, a lawyer for the dockers, said no.", "lawyer for the dockers"),
    ],
)
def test_an_office_beside_the_name_is_the_role(text: str, role: str) -> None:
    found = resolved(text, "Ada Holt", PERSON="Ada Holt", ORG="Harbour Bank|National Harbour Council")

    assert (found.name, found.role, found.by) == ("Ada Holt", role, ResolvedBy.NAME)


def test_a_pronoun_is_the_last_speaker_of_that_sex() -> None:
    text = "Ada Holt said no. Karl Reed said yes. She said it twice."

    found = resolved(text, "Ada Holt", "Karl Reed", "She", PERSON="Ada Holt|Karl Reed")

    assert (found.name, found.by) == ("Ada Holt", ResolvedBy.PRONOUN)


def test_a_spokeswoman_is_no_he() -> None:
    text = "Spokeswoman Jo Park met minister Lee Marsh. He said no."

    assert resolved(text, "He", PERSON="Jo Park|Lee Marsh").name == "Lee Marsh"


def test_a_description_points_back_to_whoever_holds_the_office() -> None:
    text = "Karl Reed met Harbour Minister Ada Holt on Monday. The minister said no."

    found = resolved(text, "The minister", PERSON="Karl Reed|Ada Holt")

    assert (found.name, found.role, found.by) == ("Ada Holt", "Harbour Minister", ResolvedBy.DESCRIPTION)


def test_an_unnamed_official_is_known_by_the_fullest_description() -> None:
    text = "Norland’s harbour minister told deputies no. “Never,” the harbour minister said."

    found = resolved(text, "Norland’s harbour minister", "the harbour minister", GPE="Norland")

    assert (found.name, found.kind) == ("Norland’s harbour minister", SourceKind.PERSON)
    assert found.role == "harbour minister"


def test_an_unnamed_spokesman_in_the_lead_is_the_one_named_later() -> None:
    text = "The ships are safe, a Downing Street spokesman said.\nBritish navy spokesman Karl Reed was calm."

    assert resolved(text, "a Downing Street spokesman", PERSON="Karl Reed").name == "Karl Reed"


def test_a_spokesman_of_another_country_is_somebody_else() -> None:
    text = "The ships are safe, a Kremlin spokesman said.\nBritish navy spokesman Karl Reed was calm."

    found = resolved(text, "a Kremlin spokesman", PERSON="Karl Reed", ORG="Kremlin")

    assert found.kind == SourceKind.ANONYMOUS


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Norlandish officials", SourceKind.GROUP),
        ("a senior official who spoke on condition of anonymity", SourceKind.ANONYMOUS),
        ("two sources", SourceKind.ANONYMOUS),
        ("the report", SourceKind.DOCUMENT),
        ("Norland", SourceKind.GOVERNMENT),
        ("the Harbour Ministry", SourceKind.GOVERNMENT),
        ("Tidewater Shipping", SourceKind.ORGANIZATION),
        ("the police", SourceKind.GOVERNMENT),
        ("critics", SourceKind.GROUP),
        ("aides to Ada Holt", SourceKind.GROUP),
    ],
)
def test_kinds_of_sources(source: str, kind: SourceKind) -> None:
    text = f"Nobody agreed, {source} said."

    found = resolved(
        text,
        source,
        PERSON="Ada Holt",
        ORG="Harbour Ministry|Tidewater Shipping",
        GPE="Norland",
        NORP="Norlandish",
    )

    assert found.kind == kind


def test_who_is_whoever_stands_right_before() -> None:
    text = "Karl Reed thanked Ada Holt, who said no."

    assert resolved(text, "who", PERSON="Karl Reed|Ada Holt").name == "Ada Holt"


def test_a_pronoun_without_a_referent_keeps_its_own_words() -> None:
    found = resolved("He said no.", "He")

    assert (found.name, found.by, found.cluster) == ("He", ResolvedBy.NONE, None)


def test_who_may_follow_people_within_an_organisation() -> None:
    text = "The news rattled officials within the Compact, who said no."

    found = resolved(text, "who", ORG="Compact")

    assert (found.name, found.kind) == ("officials within the Compact", SourceKind.GROUP)


def test_a_chairman_told_before_his_name_is_that_person() -> None:
    text = "The board’s chairman, Oskar Lund, said no."

    found = resolved(text, "The board’s chairman, Oskar Lund,", PERSON="Oskar Lund")

    assert (found.name, found.role) == ("Oskar Lund", "board’s chairman")


def test_her_spokesman_is_told_by_her_name() -> None:
    text = "Ada Holt left. Her spokesman said no."

    assert resolved(text, "Ada Holt", "Her spokesman", PERSON="Ada Holt").name == "Ada Holt’s spokesman"


def test_the_nominee_of_another_party_is_somebody_else() -> None:
    text = "Green Party nominee Ada Holt waited. The Republican nominee said no."

    assert resolved(text, "The Republican nominee", PERSON="Ada Holt").name == "The Republican nominee"


def test_the_president_is_not_the_vice_president() -> None:
    text = "President Karl Reed met Vice President Ada Holt. The president said no."

    assert resolved(text, "The president", PERSON="Karl Reed|Ada Holt").name == "Karl Reed"


def test_the_company_is_the_one_named_last() -> None:
    text = "Oakline sold chairs. The company said no."

    assert resolved(text, "The company", ORG="Oakline").name == "Oakline"


def test_a_month_is_nobody() -> None:
    text = "Oakline sold chairs in May. It said no."

    assert resolved(text, "It", ORG="Oakline", DATE="May").name == "Oakline"


def test_a_title_tells_which_of_two_of_one_surname_is_meant() -> None:
    text = "Karl Holt and Ada Holt came. Mr. Holt sat down."

    karl, ada = clusters(text, PERSON="Karl Holt|Ada Holt|Mr. Holt")

    assert (len(karl.mentions), len(ada.mentions)) == (2, 1)


def test_two_names_make_one_source_of_two() -> None:
    text = "Ada Holt and Karl Reed came. Holt and Reed said so."

    answer = resolved(text, "Holt and Reed", PERSON="Ada Holt|Karl Reed|Holt|Reed")

    assert (answer.name, answer.kind) == ("Ada Holt and Karl Reed", SourceKind.GROUP)


def test_a_thing_named_before_is_known_by_its_noun() -> None:
    answer = resolved("The city of Aldis sued. The city said so.", "The city of Aldis", "The city")

    assert (answer.name, answer.by) == ("city of Aldis", ResolvedBy.DESCRIPTION)


def test_an_acronym_that_was_not_marked_is_known() -> None:
    text = "The Coastal Safety Board met. The C.S.B. said so."

    assert resolved(text, "The C.S.B.", ORG="Coastal Safety Board").name == "Coastal Safety Board"


def test_the_republican_is_whoever_alone_was_spoken_of() -> None:
    text = "Karl Reed came late. The Republican said so."

    assert resolved(text, "The Republican", PERSON="Karl Reed").name == "Karl Reed"


def test_nobody_is_the_republican_where_two_were_spoken_of() -> None:
    text = "Karl Reed met Jonas Pell. The Republican said so."

    assert resolved(text, "The Republican", PERSON="Karl Reed|Jonas Pell").cluster is None


@pytest.mark.parametrize(
    ("text", "who", "names"),
    [
        ("Ada Holt, Democrat of Norland, who left, said no.", "Ada Holt", "Ada Holt"),
        ("Even senior dockers who left said no.", "senior dockers", "Ada Holt"),
    ],
)
def test_who_looks_past_asides_and_at_bare_plurals(text: str, who: str, names: str) -> None:
    assert resolved(text, "who", PERSON=names, ORG="Democrat of Norland").name == who


def test_a_description_and_a_comma_before_a_name_are_that_person() -> None:
    text = "One early backer, Mayor Ada Holt, a farmer, said no."

    assert resolved(text, "One early backer, Mayor Ada Holt, a farmer,", PERSON="Ada Holt").name == "Ada Holt"


def test_several_people_before_a_name_are_not_that_person() -> None:
    text = "Two backers, Ada Holt and Karl Reed, said no."

    found = resolved(text, "Two backers, Ada Holt and Karl Reed,", PERSON="Ada Holt|Karl Reed")

    assert found.cluster is None


def test_the_nominee_of_a_party_is_its_only_member_spoken_of_much() -> None:
    text = "Democrat Ada Holt came. Holt met Karl Reed. The Democratic nominee said no."

    assert resolved(text, "The Democratic nominee", PERSON="Ada Holt|Karl Reed|Holt").name == "Ada Holt"


@pytest.mark.parametrize(
    ("words", "name"),
    [("The Maine senator", "Ada Holt"), ("The Ohio senator", "The Ohio senator")],
)
def test_a_senator_is_known_by_the_state_beside_the_name(words: str, name: str) -> None:
    text = f"Sen. Ada Holt (D-Me.) left. It rained. It snowed. It thawed. It rained. {words} said no."

    assert resolved(text, words, PERSON="Ada Holt").name == name


def test_news_of_somebody_known_is_told_in_a_description_but_no_office_is() -> None:
    text = "Sheriff Anna Holt came late. {} said no."

    assert (
        resolved(text.format("The mother of two"), "The mother of two", PERSON="Anna Holt").name
        == "Anna Holt"
    )
    assert resolved(text.format("The mayor"), "The mayor", PERSON="Anna Holt").cluster is None


def test_a_candidate_s_campaign_is_no_candidate() -> None:
    text = "Candidate Ada Holt came. Candidate Ada Holt’s office said no."

    found = resolved(text, "Candidate Ada Holt’s office", PERSON="Ada Holt")

    assert (found.name, found.cluster) == ("Candidate Ada Holt’s office", None)


def test_they_may_be_papers() -> None:
    text = "Two polls show a lead. They say it shrinks."

    assert resolved(text, "Two polls", "They").name == "Two polls"

import io

import pytest

from tests.builders import a_claim_in, a_quantity, an_enriched_article, an_enriched_text, span_of
from workers.cli.render import words
from workers.cli.render.table import print_article, terminal
from workers.domain.article import EnrichedArticle, MaskReason
from workers.domain.claim import Certainty, Stance

TEXT = "Ann denied that at least 40 goats had\nescaped. READ MORE: goats"


def a_table(article: EnrichedArticle, width: int = 120) -> str:
    out = io.StringIO()
    print_article(terminal(out, width), article)
    return out.getvalue()


def a_denial() -> EnrichedArticle:
    claim = a_claim_in(
        TEXT,
        ("at least 40 goats had\nescaped",),
        "Ann",
        "denied",
        stance=Stance.REFUTES,
        certainty=Certainty.UNKNOWN,
        quantities=(
            a_quantity(
                **span_of("at least 40 goats", TEXT), value=None, low=40, approximate=False, unit="goats"
            ),
        ),
    )
    return an_enriched_text(TEXT, (claim,), {"Ann": "PERSON"}, {"READ MORE: goats": MaskReason.PROMO})


def test_a_claim_is_one_row_of_who_how_what_and_stance() -> None:
    [row] = [line for line in a_table(a_denial()).splitlines() if "✕" in line]

    assert " ".join(row.split()) == "1 Ann denied at least 40 goats had escaped ✕ refutes — ≥ 40 goats"


def test_names_and_what_was_left_out_stand_above_the_claims() -> None:
    table = a_table(a_denial())

    assert "names: Ann (PERSON)" in table
    assert "left out: 1 promo" in table


@pytest.mark.parametrize("width", [40, 72, 89, 90, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = a_table(a_denial(), width).splitlines()

    assert len(lines) > 5
    assert [line for line in lines if len(line) > width] == []


def test_nothing_in_a_text_reaches_the_terminal_as_a_command() -> None:
    text = "Ann said \x1b[2J\x1b]0;owned\x07 [bold]rain[/bold] \u202egnp :smile: \ud83d"
    claim = a_claim_in(text, (text[9:],), "Ann", "said")
    article = an_enriched_text(text, (claim,), title=f"{text}\r\nTwo", publisher="\x9b31m")

    table = a_table(article)

    assert "\n" in table
    assert [c for c in table if words.is_unseen(c)] == []
    assert "[bold]rain[/bold]" in table
    assert ":smile:" in table


def test_an_article_without_claims_has_no_table() -> None:
    assert "who" not in a_table(an_enriched_article(claims=(), masked=()))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": 9000, "approximate": True, "unit": "troops"}, "≈ 9,000 troops"),
        ({"value": 14, "approximate": False, "unit": None}, "14"),
        ({"value": 2.5, "approximate": False, "unit": "meters"}, "2.5 meters"),
        ({"value": 40_000_000.0, "approximate": False, "unit": "USD"}, "40,000,000 USD"),
        ({"value": None, "low": 11500, "unit": "troops"}, "≥ 11,500 troops"),
        ({"value": None, "high": 6, "unit": "%"}, "≤ 6 %"),
        ({"value": None, "low": 3, "high": 5, "unit": "days"}, "3–5 days"),
        ({"value": None, "unit": "troops"}, "About 1,200 dockers"),
    ],
)
def test_a_quantity_is_told_as_it_was_understood(changes: dict[str, object], expected: str) -> None:
    assert words.quantity(a_quantity(**changes)) == expected

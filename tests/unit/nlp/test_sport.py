"""An article about sport is told from one that only speaks of winning."""

import pytest

from workers.nlp.sport import about_sport


@pytest.mark.parametrize(
    "text",
    [
        "Rugby: Port Aldis beat Lund 21-9 on Friday.",
        "The striker scored twice before halftime, and the fans sang.",
        "Aldis won 2-1, with goals from Reed and Holt, and go top of the league after the draw.",
    ],
)
def test_sport_is_told_by_its_words(text: str) -> None:
    assert about_sport(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The minister won the vote in the second round, a victory for the left.",
        "Shares fell by nine points on Friday, and traders spoke of a rally that had run its course early.",
        "The company will pay 7-1/2 cents a share against 2-1/2 cents the year before, its board said.",
        "A fire burned down the bakery by the harbour, and the mayor asked the council to pay for a new one "
        "before winter comes, as the town has no other and its bread is brought from the far side of a bay, "
        "where the football ground and the mill stand, at a price that the poor cannot pay any longer.",
    ],
)
def test_winning_and_points_alone_are_not_sport(text: str) -> None:
    assert not about_sport(text)

"""What Alertmanager is told again: what fires, while it is heard of; what is over, for five minutes."""

from datetime import timedelta

from tests.builders import NOON, an_alert
from workers.agents.forward_board import Board, Standing
from workers.domain.alert import Alert, AlertStatus, AlertType

MINUTE = timedelta(minutes=1)
FIRING = an_alert()
OVER = an_alert(
    sequence=1, status=AlertStatus.RESOLVED, alert_type=AlertType.UPDATE, ends_at=NOON + 10 * MINUTE
)


def a_board(*alerts: Alert, remember: timedelta = timedelta(days=14)) -> Board:
    """A board that has read these records, a minute apart from noon on, and is caught up."""
    board = Board(remember)
    for number, alert in enumerate(alerts):
        at = NOON + number * MINUTE
        board.see(Standing(alert, 0, at, at), replayed=False)
    board.caught_up(0)
    return board


def test_what_fires_is_told_with_every_repeat() -> None:
    board = a_board(FIRING)

    assert [board.due(NOON + minutes * MINUTE) for minutes in (0, 1, 600)] == [[FIRING]] * 3
    assert board.firing == 1


def test_what_is_over_is_told_for_five_minutes_from_when_it_was_read_and_then_no_more() -> None:
    board = a_board(FIRING, OVER)

    assert [board.due(NOON + minutes * MINUTE) for minutes in (1, 3, 6)] == [[OVER]] * 3
    assert board.due(NOON + 6 * MINUTE + timedelta(seconds=1)) == []
    assert board.firing == 0


def test_what_fires_again_within_the_five_minutes_fires() -> None:
    again = an_alert(sequence=2)
    board = a_board(FIRING, OVER, again)

    assert board.due(NOON + 30 * MINUTE) == [again]


def test_an_alert_that_says_nothing_for_too_long_is_let_go() -> None:
    board = a_board(FIRING, remember=timedelta(hours=1))

    assert board.due(NOON + 60 * MINUTE) == [FIRING]
    assert board.due(NOON + 61 * MINUTE) == []


def test_nothing_is_told_of_a_partition_that_is_not_read_to_its_end() -> None:
    board = Board(timedelta(days=14))
    board.see(Standing(FIRING, 0, NOON, NOON), replayed=False)

    assert board.due(NOON) == []

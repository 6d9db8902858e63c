"""A rules file that changes while alerts fire: what ends, what stays, what is judged anew."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.alert_desk import TODAY, Shop
from tests.support.ticking import BOTH, HOUR, QUIET, a_ticking_shop, said, told
from workers.domain.claim import Act


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_ticking_shop(tmp_path) as opened:
        yield opened


def test_a_rule_that_is_gone_ends_its_alerts_and_leaves_the_others(shop: Shop) -> None:
    shop.hears(said("Ada", 0 * HOUR), said("Bob", 0 * HOUR, Act.PROMISE))
    shop.hears(said("Cy", 7 * HOUR, Act.STATE))
    asyncio.run(shop.ticks.adopt(shop.book.rules))
    before = sorted(told(shop.ticks_on()))
    shop.hears(said("Ada", 7 * HOUR))

    shop.adopts("groups:\n  - name: g\n    rules:\n" + QUIET)

    assert before == [("Ada", "update", "resolved"), ("Bob", "initial", "firing")]
    assert told(shop.ticks_on()) == [("Ada", "update", "resolved")]
    assert told(shop.hears(said("Bob", 8 * HOUR, Act.PROMISE))) == [("Bob", "update", "resolved")]


def test_a_rule_that_went_while_the_worker_was_down_ends_its_alerts(tmp_path: Path) -> None:
    first = Shop(tmp_path, BOTH)
    asyncio.run(first.ticks.adopt(first.book.rules))
    first.hears(said("Ada", 0 * HOUR))
    first.ticks_on()
    first.close()
    first.file.write_text("groups:\n  - name: g\n    rules:\n" + QUIET)

    second = Shop(tmp_path, "")
    asyncio.run(second.ticks.adopt(second.book.rules))

    assert told(second.ticks_on()) == [("Ada", "update", "resolved")]
    second.close()


def test_a_changed_rule_keeps_its_groups_and_ends_them_by_its_new_words(shop: Shop) -> None:
    asyncio.run(shop.ticks.adopt(shop.book.rules))
    shop.hears(said("Ada", 0 * HOUR), said("Bob", 1 * HOUR, Act.STATE))
    assert shop.ticks_on() == []

    shop.adopts(BOTH.replace("keep_firing_for: 2h", "keep_firing_for: 30m"))
    (end,) = shop.ticks_on()

    assert end.ends_at == TODAY + timedelta(minutes=30)

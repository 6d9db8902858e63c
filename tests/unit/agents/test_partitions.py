from pathlib import Path

import pytest

from workers.agents.partitions import check_partitions
from workers.agents.preflight import PreflightError
from workers.state.sqlite import SqliteStore


def test_the_same_counts_may_come_again_and_new_topics_may_come_along(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "state.sqlite3")

    check_partitions(store, {"raw": 12})
    check_partitions(store, {"raw": 12, "claim": 12})

    check_partitions(store, {"claim": 12})


def test_another_count_stops_the_start_and_stays_unknown(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "state.sqlite3")
    check_partitions(store, {"raw": 4, "claim": 12})

    for _ in range(2):
        with pytest.raises(PreflightError, match="raw has 8 partitions, and had 4 when") as refused:
            check_partitions(store, {"raw": 8, "claim": 12})

    assert "claim has" not in str(refused.value)
    assert "\n" not in str(refused.value)

"""``relate-claims`` killed between every two steps: what readers and the database hold is the same.

A child process takes the records as the loop does: settle, publish, commit. It kills itself, by a real
SIGKILL, before a step: any SQL statement (begin and commit too), any publication, any commit of an offset.
Another one goes on from what was committed. Files stand in for the broker: what is appended is acknowledged.
"""

import json
import os
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.builders import NOON
from tests.support.relate_stage import FIRE, MORE, Log, Relating, told
from workers.domain.claim import Stance
from workers.domain.outcome import Emit, Outgoing, Record
from workers.relations.engine import meeting_place
from workers.relations.known import known_claim
from workers.state.sqlite import SqliteStore

BATCH = 2


def one_route(log: Log) -> list[Record]:
    """Return the records on the route on which both claims meet, at offsets of their own."""
    meeting = meeting_place(known_claim(told(FIRE, 0, "a"), NOON), known_claim(told(MORE, 1, "b"), NOON))
    assert meeting is not None
    chosen = [record for record in log.records if record.key == meeting.encode()]
    return [replace(record, offset=offset) for offset, record in enumerate(chosen)]


def history() -> list[Record]:
    """Two claims, one of them again, stated anew, withdrawn, and back."""
    log = Log()
    log.tell(told(FIRE, 0, "a"))
    log.tell(told(MORE, 1, "b"))
    log.tell(told(MORE, 1, "b"))
    log.tell(replace(told(MORE, 1, "b"), stance=Stance.REFUTES))
    log.withdraw(told(FIRE, 0, "a"))
    log.tell(told(FIRE, 0, "a"))
    return one_route(log)


class Steps:
    """Counts steps; kills this process before step number ``die_at``."""

    def __init__(self, die_at: int | None) -> None:
        self.taken = 0
        self._die_at = die_at

    def step(self, _: object = None) -> None:
        self.taken += 1
        if self.taken == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def work(folder: Path, records: Sequence[Record], die_at: int | None) -> int:
    """Settle, publish and commit batch after batch, from what is committed; returns the number of steps."""
    steps = Steps(die_at)
    store = SqliteStore(folder / "state.sqlite3")
    store._connection.set_trace_callback(steps.step)
    relating = Relating(store=store)
    committed = folder / "committed"
    done = int(committed.read_text()) if committed.exists() else 0
    for start in range(done, len(records), BATCH):
        batch = records[start : start + BATCH]
        for outcome in relating.take(batch):
            for out in outcome.records if isinstance(outcome, Emit) else ():
                steps.step()
                publish(folder, out)
        steps.step()
        committed.with_suffix(".new").write_text(str(start + len(batch)))
        committed.with_suffix(".new").replace(committed)
    steps.step()
    return steps.taken


def publish(folder: Path, out: Outgoing) -> None:
    line = [out.topic, (out.key or b"").decode(), out.value and out.value.decode()]
    with (folder / "published").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def in_a_child(folder: Path, records: Sequence[Record], die_at: int | None) -> int | None:
    """Run ``work`` in a forked process; returns the number of steps, or ``None`` when it killed itself."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            (folder / "steps").write_text(str(work(folder, records, die_at)))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    assert os.WEXITSTATUS(status) == 0
    return int((folder / "steps").read_text())


def final(folder: Path) -> tuple[dict[tuple[str, str], str | None], list[tuple[object, ...]]]:
    """Return what a reader of compacted topics holds, and every document of the database."""
    lines = map(json.loads, (folder / "published").read_text("utf-8").splitlines())
    held = {(topic, key): value for topic, key, value in lines}
    with closing(sqlite3.connect(folder / "state.sqlite3")) as database:
        documents = database.execute("SELECT kind, key, body FROM document ORDER BY kind, key").fetchall()
    return held, documents


def test_a_kill_between_any_two_steps_changes_nothing(tmp_path: Path) -> None:
    records = history()
    whole = tmp_path / "whole"
    whole.mkdir()
    steps = in_a_child(whole, records, None)
    expected = final(whole)
    assert steps is not None
    assert steps > 50
    assert len([value for value in expected[0].values() if value]) == 1

    differing = []
    for die_at in range(1, steps + 1):
        folder = tmp_path / str(die_at)
        folder.mkdir()
        assert in_a_child(folder, records, die_at) is None, f"step {die_at} was not reached"
        assert in_a_child(folder, records, None) is not None
        if final(folder) != expected:
            differing.append(die_at)

    assert differing == []

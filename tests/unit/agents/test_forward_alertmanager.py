"""The Alertmanager target against the real Alertmanager."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import an_alert, an_evidence
from tests.support.alertmanager import Alertmanager, an_alertmanager
from tests.support.forwarding import Ground, RealTime, a_ground, alertmanagers_at, run
from tests.support.receivers import PATH, Receiver, a_receiver
from workers.agents.forward_retry import Delivered, Failed
from workers.broker.ports import LOOPBACK, free_ports
from workers.domain.alert import Alert, AlertStatus, AlertType
from workers.domain.outcome import RejectReason
from workers.wire.alertmanager import RETRACTED

pytestmark = pytest.mark.slow
AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def firing(name: str = "Closures", rule: str = "closures", **changes: Any) -> Alert:
    """A firing alert that began two hours ago."""
    labels = (("alertname", name), ("rule", rule), ("severity", "warning"))
    return an_alert(alert_key=f"{rule}/{name}", labels=labels, starts_at=AGO, **changes)


def over(alert: Alert, **changes: Any) -> Alert:
    """The record that ends it, an hour after it began."""
    ended = {"status": AlertStatus.RESOLVED, "ends_at": AGO + timedelta(hours=1)}
    return replace(alert, sequence=alert.sequence + 1, **{"alert_type": AlertType.UPDATE, **ended, **changes})


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Alertmanager]:
    with an_alertmanager(tmp_path) as running:
        yield running


def set_to_now(ground: Ground) -> Ground:
    """Alertmanager has the machine's clock: begin with it."""
    ground.time.now = datetime.now(UTC)
    return ground


def notified(receiver: Receiver) -> list[dict[str, Any]]:
    """What Alertmanager has told its receiver, alert by alert."""
    return [alert for post in receiver.posts for alert in json.loads(post.body)["alerts"]]


def test_an_alert_is_active_with_its_labels_evidence_and_link_until_it_is_over(
    alertmanager: Alertmanager,
) -> None:
    async def body() -> None:
        async with a_ground(alertmanagers_at(alertmanager.url)) as ground:
            set_to_now(ground).submit(firing())
            assert await ground.answered() == [Delivered(1)]
            (alert,) = await asyncio.to_thread(alertmanager.alerts)
            ground.submit(over(firing()))
            await ground.answered(2)

        evidence = an_evidence()
        assert alert["status"]["state"] == "active"
        assert alert["labels"] == {"alertname": "Closures", "rule": "closures", "severity": "warning"}
        assert alert["annotations"]["summary"] == "Ada Holt: the harbour will close"
        assert str(evidence.publisher) in alert["annotations"]["evidence"]
        assert alert["annotations"]["alert_key"] == "closures/Closures"
        assert alert["generatorURL"] == evidence.url
        assert datetime.fromisoformat(alert["startsAt"]) == AGO
        assert alertmanager.alerts() == []

    run(body)


def test_a_retraction_reaches_the_receiver_as_resolved_and_says_so(tmp_path: Path) -> None:
    async def body() -> None:
        async with a_receiver() as receiver:
            with an_alertmanager(tmp_path, receiver.url) as alertmanager:
                async with a_ground(alertmanagers_at(alertmanager.url)) as ground:
                    set_to_now(ground).submit(firing())
                    await ground.until(lambda: len(notified(receiver)) >= 1)
                    ground.submit(over(firing(), alert_type=AlertType.RETRACTION))
                    await ground.until(lambda: len(notified(receiver)) >= 2)

        first, last = notified(receiver)[0], notified(receiver)[-1]
        assert (first["status"], last["status"]) == ("firing", "resolved")
        assert "retracted" not in first["annotations"]
        assert last["annotations"]["retracted"] == RETRACTED

    run(body)


def test_what_fires_is_told_again_and_again_before_alertmanager_lets_it_go(
    alertmanager: Alertmanager,
) -> None:
    async def body() -> None:
        make = alertmanagers_at(alertmanager.url, interval=0.5)
        async with a_ground(make, clock=RealTime()) as ground:
            ground.target.caught_up(0)
            ground.submit(firing())
            await ground.answered()
            (first,) = await asyncio.to_thread(alertmanager.alerts)
            end = datetime.fromisoformat(first["endsAt"])
            while datetime.now(UTC) < end + timedelta(seconds=1):
                await asyncio.sleep(0.1)
                assert await asyncio.to_thread(alertmanager.names) == {"Closures"}
            assert ground.value("claimwire_forward_firing") == 1
            assert ground.value("claimwire_forward_repeats_total", outcome="sent") >= 3

    run(body)


def test_an_alert_ends_by_itself_when_the_forwarder_stays_away(alertmanager: Alertmanager) -> None:
    async def body() -> None:
        async with a_ground(alertmanagers_at(alertmanager.url, interval=0.5)) as ground:
            set_to_now(ground).submit(firing())
            await ground.answered()
            assert await asyncio.to_thread(alertmanager.names) == {"Closures"}
        async with asyncio.timeout(20):
            while await asyncio.to_thread(alertmanager.names):
                await asyncio.sleep(0.05)

    run(body)


def test_what_fired_before_a_restart_is_told_once_all_of_its_partition_is_read(
    alertmanager: Alertmanager,
) -> None:
    async def body() -> None:
        async with a_ground(alertmanagers_at(alertmanager.url, interval=600.0)) as ground:
            set_to_now(ground)
            ground.learn(firing("Stays"), offset=0)
            ground.learn(firing("Ended"), offset=1)
            ground.learn(over(firing("Ended")), offset=2)
            assert await asyncio.to_thread(alertmanager.alerts) == []
            ground.target.caught_up(0)
            await ground.until(lambda: ground.value("claimwire_forward_repeats_total", outcome="sent") >= 1)

        assert alertmanager.names() == {"Stays"}

    run(body)


def test_another_forwarders_partition_is_no_longer_told(alertmanager: Alertmanager) -> None:
    async def body() -> None:
        async with a_ground(alertmanagers_at(alertmanager.url, interval=600.0)) as ground:
            set_to_now(ground)
            ground.learn(firing("Mine"), partition=0)
            ground.learn(firing("Theirs"), partition=1)
            ground.target.caught_up(1)
            ground.target.forget(1)
            ground.target.caught_up(0)
            await ground.until(lambda: ground.value("claimwire_forward_repeats_total", outcome="sent") >= 1)

        assert alertmanager.names() == {"Mine"}

    run(body)


def test_alertmanager_groups_by_rule_and_silences_by_label(alertmanager: Alertmanager) -> None:
    async def body() -> None:
        async with a_ground(alertmanagers_at(alertmanager.url)) as ground:
            set_to_now(ground)
            await asyncio.to_thread(alertmanager.silence, "Quiet")
            for alert in (firing("A"), firing("B"), firing("Quiet", rule="other")):
                ground.submit(alert)
            await ground.answered(3)
        async with asyncio.timeout(20):
            while len(await asyncio.to_thread(alertmanager.groups)) < 2:
                await asyncio.sleep(0.05)
            while _state(alertmanager, "Quiet") != "suppressed":
                await asyncio.sleep(0.05)

        assert alertmanager.groups() == {"closures": {"A", "B"}, "other": {"Quiet"}}
        assert _state(alertmanager, "A") == "active"

    run(body)


def _state(alertmanager: Alertmanager, name: str) -> str:
    (alert,) = [each for each in alertmanager.alerts() if each["labels"]["alertname"] == name]
    return str(alert["status"]["state"])


def test_one_alert_that_is_refused_takes_no_other_with_it(alertmanager: Alertmanager) -> None:
    async def body() -> None:
        bad = replace(firing("Bad"), labels=(("alertname", "Bad"), ("no-such name", "x")))
        async with a_ground(alertmanagers_at(alertmanager.url)) as ground:
            set_to_now(ground)
            for alert in (firing("A"), bad, firing("B")):
                ground.submit(alert)
            await ground.answered(3)
            results = {dict(job.alert.labels)["alertname"]: result for job, result in ground.answers}

        refused = results["Bad"]
        assert isinstance(refused, Failed)
        assert refused.reject.reason is RejectReason.DELIVERY_REFUSED
        assert "no-such name" in refused.reject.detail
        assert isinstance(results["A"], Delivered)
        assert alertmanager.names() == {"A", "B"}

    run(body)


def test_an_alertmanager_that_is_away_is_waited_for_and_told_how_things_stand_by_then(tmp_path: Path) -> None:
    async def body() -> None:
        (port,) = free_ports(1)
        async with a_ground(alertmanagers_at(f"http://{LOOPBACK}:{port}"), give_up=1e9) as ground:
            set_to_now(ground).submit(firing("Stays"))
            ground.submit(firing("Ends"))
            await ground.until(lambda: len(ground.time.slept) >= 3)
            ground.submit(over(firing("Ends")))
            ground.time.now = datetime.now(UTC)
            with an_alertmanager(tmp_path, port=port) as alertmanager:
                ground.time.now = datetime.now(UTC)
                results = await ground.answered(3)
                assert await asyncio.to_thread(alertmanager.names) == {"Stays"}
        assert all(isinstance(result, Delivered) for result in results)

    run(body)


def test_one_peer_of_a_cluster_is_enough(alertmanager: Alertmanager) -> None:
    async def body() -> None:
        (port,) = free_ports(1)
        away = f"http://{LOOPBACK}:{port}"
        async with a_ground(alertmanagers_at(away, alertmanager.url)) as ground:
            set_to_now(ground).submit(firing())
            assert await ground.answered() == [Delivered(1)]

        assert alertmanager.names() == {"Closures"}

    run(body)


def test_a_replayed_dead_letter_does_not_bring_back_what_is_over(alertmanager: Alertmanager) -> None:
    async def body() -> None:
        async with a_ground(alertmanagers_at(alertmanager.url)) as ground:
            set_to_now(ground)
            ground.submit(firing())
            ground.submit(over(firing()))
            ground.submit(firing(), at=datetime.now(UTC), headers=(("dlq-replays", b"1"),))
            await ground.answered(3)

        assert alertmanager.alerts() == []

    run(body)


def test_a_state_that_was_begun_anew_counts_although_its_numbers_are_lower(
    alertmanager: Alertmanager,
) -> None:
    async def body() -> None:
        async with a_ground(alertmanagers_at(alertmanager.url)) as ground:
            set_to_now(ground)
            ground.submit(over(firing(sequence=7)), at=AGO)
            ground.submit(firing(sequence=0), at=AGO + timedelta(minutes=1))
            await ground.answered(2)

        assert alertmanager.names() == {"Closures"}

    run(body)


def test_event_time_that_runs_ahead_of_the_clock_is_no_reason_to_refuse(alertmanager: Alertmanager) -> None:
    async def body() -> None:
        early = replace(firing(), starts_at=datetime.now(UTC) + timedelta(days=2))
        async with a_ground(alertmanagers_at(alertmanager.url)) as ground:
            set_to_now(ground).submit(early)
            assert await ground.answered() == [Delivered(1)]
            assert await asyncio.to_thread(alertmanager.names) == {"Closures"}
            ground.submit(replace(over(early), ends_at=early.starts_at + timedelta(days=1)))
            await ground.answered(2)

        assert alertmanager.alerts() == []

    run(body)


def test_the_receivers_path_is_no_alertmanager() -> None:
    async def body() -> None:
        async with a_receiver() as receiver:
            base = receiver.url.removesuffix(PATH)
            async with a_ground(alertmanagers_at(base)) as ground:
                ground.submit(firing())
                (result,) = await ground.answered()

        assert isinstance(result, Failed)
        assert "HTTP 404" in result.reject.detail

    run(body)

"""docs/scaling.md: its arithmetic, done again from its own table of measured figures."""

import math
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from workers.wire.topics import load_topics

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scaling.md").read_text("utf-8")
BUSY, COPIES, WINDOW_DAYS = 0.7, 3, 28
RATES = (10, 1_000, 100_000)


def number(text: str) -> float:
    found = re.search(r"[\d,]+(?:\.\d+)?", text)
    assert found, text
    return float(found[0].replace(",", ""))


def measured(name: str) -> float:
    (line,) = re.findall(rf"^\| {name} \| ([^|]+) \|", PAGE, re.M)
    return number(line)


def row(name: str) -> list[str]:
    (line,) = re.findall(rf"^\| {re.escape(name)} \| (.+) \|$", PAGE, re.M)
    return [cell.strip() for cell in line.split("|")]


def enrich_cores(rate: float) -> float:
    return rate / measured("enrich_rate") / BUSY


def state_bytes(rate: float, days: float) -> float:
    """Bytes that ``rate`` articles a second leave in relate's state in so many days."""
    claims_and_routes = days * 86_400 * rate * measured("claims") * measured("routes")
    return claims_and_routes * measured("state_size") * 1_000


def relate_seconds() -> float:
    """Processor seconds that an article's claims cost relate, at most."""
    return measured("claims") * measured("routes") * measured("relate_cost") / 1_000


@pytest.mark.parametrize(
    ("name", "of_rate"),
    [
        ("enrich: cores", enrich_cores),
        ("relate: cores", lambda rate: rate * relate_seconds() / BUSY),
        ("written to brokers, MB/s", lambda rate: rate * measured("traffic") / 1_000),
        ("with three copies, MB/s", lambda rate: COPIES * rate * measured("traffic") / 1_000),
        (
            "relate state of 28 days (window and lateness), if every claim takes its 2.7 routes",
            lambda rate: state_bytes(rate, WINDOW_DAYS) / 1e12,
        ),
    ],
)
def test_a_row_is_what_the_measured_figures_make(name: str, of_rate: Callable[[float], float]) -> None:
    for cell, rate in zip(row(name), RATES, strict=True):
        assert number(cell) == pytest.approx(of_rate(rate), rel=0.03), f"{name} at {rate}"


def test_pods_hold_the_cores_and_partitions_the_pods() -> None:
    small, middle, large = row("enrich: pods")
    assert number(small) == math.ceil(enrich_cores(RATES[0]) / 2)
    assert number(middle) == pytest.approx(enrich_cores(RATES[1]) / 8, rel=0.03)
    assert number(large) == pytest.approx(enrich_cores(RATES[2]) / 8, rel=0.03)
    for cell, cores in zip(row("relate: pods of one core"), row("relate: cores"), strict=True):
        assert number(cell) == pytest.approx(math.ceil(number(cores)), rel=0.01)
    shipped, wanted, _ = row("partitions of raw and by-subject topics")
    assert {number(shipped)} == {
        load_topics()[f"news.{noun}.v1"].partitions for noun in ("article-raw", "claim-by-subject")
    }
    raw, by_subject = (float(found) for found in re.findall(r"\d+", wanted))
    assert raw >= number(middle)
    assert by_subject >= number(row("relate: pods of one core")[1])


def test_prices_and_limits_in_the_text_follow() -> None:
    enrich = 1 / measured("enrich_rate") + measured("broker_cost") / 1_000
    hours = 1e6 * enrich / 3600
    claims_a_second = 1_000 / measured("hot_cost")

    assert f"costs** {enrich:.2f} core-seconds to enrich ({hours:.0f} core-hours a million" in PAGE
    relate_hours = 1e6 * relate_seconds() / 3600
    said = re.search(r"([\d.]+) core-seconds to relate \((\d+) core-hours", PAGE)
    assert said
    assert float(said[1]) == pytest.approx(relate_seconds(), rel=0.02)
    assert float(said[2]) == pytest.approx(relate_hours, rel=0.02)
    dollars = re.search(r"that is ([\d.]+) \$", PAGE)
    assert dollars
    assert float(dollars[1]) == pytest.approx(0.04 * (hours + relate_hours), rel=0.02)
    assert f"{claims_a_second:.0f} claims a second" in PAGE
    hot = 100 * claims_a_second / (1_000 * measured("claims"))
    assert f"{hot:.2f} % of all claims" in PAGE
    assert f"are {1_000 / measured('worker_cost'):.0f} articles/s" in PAGE


def test_the_small_overlay_has_room_for_what_it_keeps() -> None:
    overlay = (
        Path(__file__).resolve().parents[2] / "deploy" / "kubernetes" / "overlays" / "small" / "worker.yaml"
    )
    made = next(
        each for each in yaml.safe_load_all(overlay.read_text("utf-8")) if each["kind"] == "StatefulSet"
    )
    (container,) = made["spec"]["template"]["spec"]["containers"]
    (volume,) = made["spec"]["volumeClaimTemplates"]
    set_to = {each["name"]: each.get("value") for each in container["env"]}
    kept = [set_to[f"CLAIMWIRE_RELATE_{name}"] for name in ("WINDOW", "LATENESS")]
    days = sum((TypeAdapter(timedelta).validate_python(each) for each in kept), timedelta()) / timedelta(
        days=1
    )
    needed = state_bytes(2, days)

    assert f"two days at 2 articles/s {needed / 1e9:.0f} GB" in PAGE
    assert needed < number(volume["spec"]["resources"]["requests"]["storage"]) * 2**30

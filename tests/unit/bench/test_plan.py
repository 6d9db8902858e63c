"""Sizes that follow from the machine's speed, and ratios round by round."""

from bench.articles import LoadArticle
from bench.compare import Rounds
from bench.figures import Steady
from bench.model import Timing
from bench.plan import QUICK, Load, chosen
from bench.saturation import Saturated


def articles(count: int, words: int) -> list[LoadArticle]:
    return [LoadArticle(b"%d" % number, b"", words) for number in range(count)]


def a_run(words: int, seconds: float, cpu: dict[str, float]) -> Saturated:
    return Saturated(Steady(10, words, 0.0, seconds), 5.0, cpu, {})


def test_a_fast_machine_reads_more_articles_than_a_slow_one() -> None:
    pool = articles(1000, 500)

    fast = chosen(pool, 10_000.0, QUICK)  # 12 seconds of it
    slow = chosen(pool, 100.0, QUICK)

    assert len(fast) == 240
    assert len(slow) == QUICK.least_batches * 16


def test_a_load_has_enough_articles_for_its_percentiles_on_a_slow_machine() -> None:
    assert Load(0.5, 60.0, 40).count(10.0) == 300
    assert Load(0.5, 60.0, 40).count(0.1) == 40


def test_efficiency_is_taken_round_by_round() -> None:
    found = Rounds(
        alone={1: [[Timing(1.0, 1.0, 100)], [Timing(1.0, 1.0, 200)], [Timing(1.0, 1.0, 400)]]},
        through_kafka={1: [a_run(90, 1.0, {}), a_run(180, 1.0, {}), a_run(200, 1.0, {})]},
    )

    assert found.efficiency(1).median == 0.9
    assert found.efficiency(1).low == 0.5


def test_processor_efficiency_counts_worker_and_broker() -> None:
    cpu = {"language": 8.0, "worker": 1.0, "broker": 1.0}
    found = Rounds(alone={1: [[Timing(50.0, 8.0, 800)]]}, through_kafka={1: [a_run(800, 99.0, cpu)]})

    assert found.cpu_efficiency(1).median == 0.8


def test_scaling_compares_two_processes_with_one_of_the_same_round() -> None:
    found = Rounds(
        alone={1: [[Timing(1.0, 1.0, 100)]], 2: [[Timing(1.0, 1.0, 95), Timing(1.0, 1.0, 95)]]},
        through_kafka={1: [a_run(90, 1.0, {})], 2: [a_run(171, 1.0, {})]},
    )

    assert found.scaling(2).median == 1.9
    assert found.model_scaling(2).median == 1.9

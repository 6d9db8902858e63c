"""How ``make fuzz`` adds up its runs."""

import json

from tests.fuzz.mutants import TARGETS
from tests.fuzz.run import MUTANTS, ROUNDS, Sum, add_up, next_suite

CODEC, MODEL = "tests/fuzz/test_codec.py", "tests/fuzz/test_pipeline.py"


def line(test: str, inputs: int, seconds: float, *, held: bool = True) -> str:
    return json.dumps({"test": test, "inputs": inputs, "seconds": seconds, "held": held})


def test_runs_of_a_test_are_added_up_and_half_a_line_is_left_out() -> None:
    lines = [line(f"{CODEC}::a", 10, 1.0), line(f"{CODEC}::a", 5, 0.5, held=False), '{"test": "x']

    assert add_up(lines) == {f"{CODEC}::a": Sum(15, 1.5, 1)}


def test_whatever_had_the_least_time_is_next() -> None:
    spent = {f"{file}::t": Sum(1, 9.0, 0) for file in ROUNDS}
    spent |= {f"{MUTANTS}::{name}": Sum(1, 9.0, 0) for name in TARGETS}

    assert next_suite({**spent, f"{MODEL}::t": Sum(1, 2.0, 0)}) == MODEL
    assert next_suite({**spent, f"{MUTANTS}::rules": Sum(1, 2.0, 0)}) == f"{MUTANTS}::rules"
    assert next_suite({}) == CODEC

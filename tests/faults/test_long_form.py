"""One run of ``make faults``, so that the nemesis and its oracle stay whole."""

from pathlib import Path

import pytest

from tests.faults.run import run_all

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]

SEED_OF_THREE_FAULTS = 10


def test_one_run_of_the_long_form_keeps_every_promise(tmp_path: Path) -> None:
    (result,) = run_all(1, SEED_OF_THREE_FAULTS, 40, tmp_path)

    assert len(result.faults) == 3
    assert result.ok, result.line()

"""One run of ``make faults`` on each kind of stack, so that the nemesis and its oracle stay whole."""

from pathlib import Path

import pytest

from tests.faults.bench import bench
from tests.faults.profiles import CLUSTER, NETWORK, POSTGRES, Profile

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("profile", "seed"), [(NETWORK, 10), (CLUSTER, 12), (POSTGRES, 41)])
def test_one_run_of_the_long_form_keeps_every_promise(profile: Profile, seed: int, tmp_path: Path) -> None:
    with bench(profile, tmp_path / "one") as built:
        result = built.run(seed, 40)

    assert result.faults
    assert result.ok, result.line()

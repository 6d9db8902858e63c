from datetime import timedelta

import pytest

from workers.settings import SettingsError, load_settings
from workers.topology import STAGES, StageName


def test_an_empty_environment_gives_a_worker_that_runs_every_stage() -> None:
    settings = load_settings({})

    assert settings.stages == tuple(stage.name for stage in STAGES)
    assert settings.broker_addresses == ("127.0.0.1:9092",)
    assert settings.process_count >= 1


def test_durations_are_seconds_or_iso_8601() -> None:
    assert load_settings({"CLAIMWIRE_COMMIT_INTERVAL": "0.5"}).commit_interval == timedelta(seconds=0.5)
    assert load_settings({"CLAIMWIRE_COMMIT_INTERVAL": "PT2S"}).commit_interval == timedelta(seconds=2)


def test_stages_are_separated_by_commas() -> None:
    assert load_settings({"CLAIMWIRE_STAGES": "raise-alerts"}).stages == (StageName.ALERT,)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CLAIMWIRE_BROKR", "x:1", "CLAIMWIRE_BROKR: no such setting"),
        ("CLAIMWIRE_WEB_PORT", "many", "CLAIMWIRE_WEB_PORT: "),
        ("CLAIMWIRE_STAGES", "enrich", "CLAIMWIRE_STAGES: "),
        ("CLAIMWIRE_COMMIT_INTERVAL", "0", "CLAIMWIRE_COMMIT_INTERVAL: "),
        ("CLAIMWIRE_MIN_SCORE", "1.5", "CLAIMWIRE_MIN_SCORE: "),
    ],
)
def test_what_cannot_be_stops_the_start_with_one_line_that_names_the_variable(
    name: str, value: str, said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({name: value})

    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_variables_of_faust_and_of_other_parts_are_left_alone() -> None:
    load_settings({"CLAIMWIRE_FAUST_BROKER_CHECK_CRCS": "0", "CLAIMWIRE_CACHE": "x", "PATH": "y"})

"""Environment to frozen values. Every variable is ``CLAIMWIRE_…``; an unknown one stops the start."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from workers.agents.forward_settings import ForwardSettings
from workers.broker.access import BrokerAccess
from workers.state.state_settings import StateSettings
from workers.topology import STAGES, StageName

PREFIX = "CLAIMWIRE_"
FAUST_PREFIX = "CLAIMWIRE_FAUST_"
ACCESS_VARIABLES = tuple(PREFIX + name.upper() for name in BrokerAccess.model_fields)
_ELSEWHERE = frozenset({"CLAIMWIRE_CACHE", "CLAIMWIRE_KAFKA_API_VERSION"})

Seconds = Annotated[timedelta, Field(gt=timedelta(0))]


Model = TypeVar("Model", bound=BaseModel)


class SettingsError(ValueError):
    """The environment asks for something that cannot be; the message is one line for the operator."""


class Settings(BrokerAccess, ForwardSettings, StateSettings, BaseSettings):
    """How a worker runs. Durations are seconds or ISO 8601 (``PT30S``)."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    broker: str = Field("127.0.0.1:9092", description="Kafka addresses, host:port, separated by commas")
    app_id: str = Field("claimwire", min_length=1, description="consumer group id")
    stages: Annotated[tuple[StageName, ...], NoDecode] = Field(
        tuple(stage.name for stage in STAGES), description="agents to run, separated by commas"
    )
    model: Path | None = Field(None, description="folder of the spaCy pipeline; default: the shipped one")
    rules: Path | None = Field(None, description="rules file; default: the shipped one")

    tick: Seconds = Field(timedelta(seconds=1), description="how often alerts and rules file are looked at")
    lateness: Seconds = Field(timedelta(minutes=5), description="how much late news may be before alerts end")
    idle_after: Seconds = Field(
        timedelta(minutes=1), description="event time goes on without news after so long without any"
    )
    archival_after: Seconds = Field(
        timedelta(days=7), description="alerts of older news are archival: they page nobody"
    )

    relate_window: Seconds = Field(timedelta(days=14), description="how far apart related claims may be")
    relate_lateness: Seconds = Field(
        timedelta(days=14), description="how much later than the newest claim one may still come in"
    )
    relate_claims: int = Field(100_000, ge=1, description="claims a subject's window holds at most")

    processes: int = Field(0, ge=0, le=256, description="language processes; 0: one a core")
    batch_records: int = Field(8, ge=1, le=200, description="articles of a batch, at most")
    transaction_records: int = Field(
        64, ge=1, le=1000, description="records of another stage's batch, decided in one transaction, at most"
    )
    batch_wait: Seconds = Field(timedelta(seconds=0.01), description="how long a batch waits to fill")
    batches_in_flight: int = Field(
        6, ge=1, le=1000, description="batches of articles read ahead of acknowledgement"
    )
    document_timeout: Seconds = Field(timedelta(seconds=30), description="how long one document may take")
    body_limit_bytes: int = Field(2 * 2**20, ge=1024, description="largest accepted article body, UTF-8")
    failures_before_stop: int = Field(20, ge=1, description="failures in a row that stop the worker")
    dead_letter_ratio: float = Field(
        0.5, ge=0.0, le=1.0, description="largest share of dead letters a stage bears; 1: any"
    )
    dead_letter_window: int = Field(200, ge=1, description="records over which that share is taken")
    min_score: float = Field(0.0, ge=0.0, le=1.0, description="claims scored below are not published")
    remembered_windows: int = Field(
        2048,
        ge=0,
        le=65_536,
        description="stretches of about 190 words whose reading a language process keeps",
    )
    publisher_claims: bool = Field(True, description="claim what the outlet states in its own voice")

    commit_interval: Seconds = Field(timedelta(seconds=1), description="how often offsets are committed")
    session_timeout: Seconds = Field(timedelta(seconds=30), description="broker drops a silent worker after")
    request_timeout: Seconds = Field(timedelta(seconds=60), description="producer request time-out")
    stop_timeout: Seconds = Field(
        timedelta(seconds=25), description="a stop that takes longer hands back what is in flight"
    )
    shadow: str = Field("", description="set by claimwire reprocess: what shadow topics' names end with")
    start_timeout: Seconds = Field(
        timedelta(seconds=120), description="broker and model must be there by then"
    )
    web_bind: str = Field("127.0.0.1", description="address of health and metrics pages")
    web_port: int = Field(6066, ge=0, le=65535, description="port of health and metrics pages")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("stages")
    @classmethod
    def _are_agents(cls, stages: tuple[StageName, ...]) -> tuple[StageName, ...]:
        agents = {stage.name for stage in STAGES}
        if others := [name for name in stages if name not in agents]:
            raise ValueError(f"{others[0]} is no stage of the worker; see `claimwire forward`")
        return stages

    @property
    def process_count(self) -> int:
        """How many language processes to run."""
        return self.processes or os.cpu_count() or 1

    def batch_of(self, stage: StageName) -> int:
        """How many records ``stage`` takes at once, at most."""
        return self.batch_records if stage is StageName.ENRICH else self.transaction_records

    @property
    def broker_addresses(self) -> tuple[str, ...]:
        """``host:port`` each."""
        return tuple(part.strip() for part in self.broker.split(",") if part.strip())


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read ``CLAIMWIRE_…`` variables from ``environment``.

    Raises ``SettingsError`` with one line that names the variable for an unknown name or a bad value.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields} | _ELSEWHERE
    values = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name.startswith(FAUST_PREFIX) or name in _ELSEWHERE:
            continue
        if name not in known:
            raise SettingsError(f"{name}: no such setting (see `claimwire worker --help`)")
        values[name.removeprefix(PREFIX).lower()] = value
    return _checked(Settings, values)


def load_broker_access(environment: Mapping[str, str]) -> BrokerAccess:
    """Read how to get into the broker, and nothing else; raises as ``load_settings`` does."""
    names = {PREFIX + name.upper(): name for name in BrokerAccess.model_fields}
    return _checked(BrokerAccess, {names[name]: environment[name] for name in names if name in environment})


def _checked(model: type[Model], values: dict[str, str]) -> Model:
    arguments: dict[str, object] = dict(values)
    if "stages" in values:
        arguments["stages"] = tuple(part.strip() for part in values["stages"].split(",") if part.strip())
    for name, value in values.items():  # plain seconds are friendlier than ISO 8601
        if model.model_fields[name].annotation is timedelta and _is_number(value):
            arguments[name] = timedelta(seconds=float(value))
    try:
        return model.model_validate({**_defaults(model), **arguments})
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # what does not fit together; the message names the variables
            raise SettingsError(first["msg"].removeprefix("Value error, ")) from None
        raise SettingsError(f"{PREFIX}{str(first['loc'][0]).upper()}: {first['msg']}") from None


def _defaults(model: type[BaseModel]) -> dict[str, object]:
    return {name: field.default for name, field in model.model_fields.items()}


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()

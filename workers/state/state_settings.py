"""The settings of the state database."""

from datetime import timedelta

from pydantic import BaseModel, Field


class StateSettings(BaseModel):
    """``Settings`` has these among its own; the environment names them ``CLAIMWIRE_STATE_…``."""

    state_url: str = Field(
        "sqlite:///claimwire-state.sqlite3",
        description="sqlite:///PATH, or postgresql://USER@HOST/NAME for workers on several machines",
    )
    state_retention: timedelta = Field(
        timedelta(days=90),
        gt=timedelta(0),
        description="how long revisions, alert groups and relations are known after they last changed",
    )
    state_outbox_records: int = Field(
        100_000, ge=1_000, description="offsets of a partition for which a repeat is known as one"
    )
    state_timeout: timedelta = Field(
        timedelta(minutes=5),
        gt=timedelta(0),
        description="how long the worker waits for a database that is away, before it stops",
    )

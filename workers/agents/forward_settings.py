"""The settings ``CLAIMWIRE_FORWARD_…``: where alerts are forwarded to, and how hard it is tried."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from workers.wire.webhook import Secret, read_secrets

_LARGEST_BYTES = 64 * 1024
_NAME = "CLAIMWIRE_FORWARD_"

Seconds = Annotated[timedelta, Field(gt=timedelta(0))]


class ForwardSettingsError(Exception):
    """A file or a value cannot be used; the message is one line and tells no secret."""


class ForwardSettings(BaseModel):
    """What may hold a secret (URLs do) is given by value or, better, by a file that holds it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    forward_alertmanagers: SecretStr | None = Field(
        default=None, description="URLs of Alertmanager and its peers, separated by commas"
    )
    forward_alertmanagers_file: Path | None = Field(default=None, description="file that holds them")
    forward_webhook: SecretStr | None = Field(default=None, description="URL that every alert is posted to")
    forward_webhook_file: Path | None = Field(default=None, description="file that holds it")
    forward_secret: SecretStr | None = Field(
        default=None, description="whsec_… that the webhook's posts are signed with; two while it changes"
    )
    forward_secret_file: Path | None = Field(default=None, description="file that holds it")
    forward_group: str = Field(
        default="claimwire-forward", min_length=1, description="consumer group id of the forwarder"
    )
    forward_repeat: Seconds = Field(
        default=timedelta(seconds=60), description="how often Alertmanager is told what fires"
    )
    forward_remember: Seconds = Field(
        default=timedelta(days=14), description="an alert fires no longer than this after its last record"
    )
    forward_first_start: Seconds = Field(
        default=timedelta(hours=1), description="how old alerts the very first start delivers"
    )
    forward_timeout: Seconds = Field(default=timedelta(seconds=10), description="how long one post may take")
    forward_first_pause: Seconds = Field(
        default=timedelta(seconds=1), description="pause before the second attempt; doubled each time"
    )
    forward_longest_pause: Seconds = Field(default=timedelta(seconds=60), description="longest such pause")
    forward_give_up: Seconds = Field(
        default=timedelta(hours=1), description="after so long an alert becomes a dead letter"
    )
    forward_in_flight: int = Field(default=1000, ge=1, description="alerts on their way at once, at most")
    forward_port: int = Field(default=6067, ge=0, le=65535, description="port of its health and metrics")

    @model_validator(mode="after")
    def _knows_where(self) -> "ForwardSettings":
        for name in ("alertmanagers", "webhook", "secret"):
            given = (getattr(self, f"forward_{name}"), getattr(self, f"forward_{name}_file"))
            if all(each is not None for each in given):
                upper = f"{_NAME}{name.upper()}"
                raise ValueError(f"{upper} and {upper}_FILE exclude each other")
        if self._is_given("webhook") != self._is_given("secret"):
            raise ValueError(f"{_NAME}WEBHOOK and {_NAME}SECRET (or their _FILE) belong together")
        return self

    @field_validator("forward_alertmanagers", "forward_webhook", "forward_secret", mode="before")
    @classmethod
    def _nothing(cls, value: object) -> object:
        """Take an empty variable for none: Compose passes on what is not set as empty."""
        return None if value == "" else value

    @property
    def forwards(self) -> bool:
        """Whether there is anywhere to forward alerts to."""
        return self._is_given("alertmanagers") or self._is_given("webhook")

    def alertmanager_urls(self) -> tuple[SecretStr, ...]:
        """Return Alertmanager's addresses, none when it is not to be told; reads the file."""
        text = self._text("alertmanagers")
        if text is None:
            return ()
        urls = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
        if not urls:
            raise ForwardSettingsError(f"{_NAME}ALERTMANAGERS is empty")
        return tuple(_url(url, f"{_NAME}ALERTMANAGERS") for url in urls)

    def webhook_url(self) -> SecretStr | None:
        """Return the webhook's address, if there is one; reads the file."""
        text = self._text("webhook")
        return None if text is None else _url(text.strip(), f"{_NAME}WEBHOOK")

    def webhook_secrets(self) -> tuple[Secret, ...]:
        """Return what the webhook's posts are signed with; reads the file."""
        read = read_secrets(self._text("secret") or "")
        if isinstance(read, str):
            raise ForwardSettingsError(f"{_NAME}SECRET: {read}")
        return read

    def _is_given(self, name: str) -> bool:
        value, file = getattr(self, f"forward_{name}"), getattr(self, f"forward_{name}_file")
        return value is not None or file is not None

    def _text(self, name: str) -> str | None:
        value: SecretStr | None = getattr(self, f"forward_{name}")
        path: Path | None = getattr(self, f"forward_{name}_file")
        if path is None:
            return None if value is None else value.get_secret_value()
        try:
            with path.open("rb") as file:
                return file.read(_LARGEST_BYTES).decode("utf-8")
        except OSError as error:
            raise ForwardSettingsError(f"{_NAME}{name.upper()}_FILE: {path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ForwardSettingsError(f"{_NAME}{name.upper()}_FILE: {path} is not UTF-8") from None


def _url(text: str, name: str) -> SecretStr:
    try:
        url = urlsplit(text)
        is_web = url.scheme in ("http", "https") and bool(url.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise ForwardSettingsError(f"{name}: one of its addresses is no http:// or https:// URL")
    return SecretStr(text)

"""Where alerts are forwarded to: what is given, what does not fit together, and what is never shown."""

from pathlib import Path

import pytest

from tests.support.forwarding import SECRET_TEXT
from workers.agents.forward_settings import ForwardSettingsError
from workers.settings import Settings, SettingsError, load_settings

URL = "https://user:PASSW0RD@hooks.example/T0KEN"


def settings(**given: str) -> Settings:
    return load_settings({f"CLAIMWIRE_FORWARD_{name.upper()}": value for name, value in given.items()})


def test_nothing_is_forwarded_unless_somebody_says_where_to() -> None:
    assert not load_settings({}).forwards
    assert not settings(webhook="", secret="", alertmanagers="").forwards
    assert settings(alertmanagers="http://a.example:9093").forwards


def test_peers_of_an_alertmanager_are_divided_by_commas_or_lines(tmp_path: Path) -> None:
    file = tmp_path / "peers"
    file.write_text("http://a.example:9093,\nhttp://b.example:9093\n")

    urls = settings(alertmanagers_file=str(file)).alertmanager_urls()

    assert [url.get_secret_value() for url in urls] == ["http://a.example:9093", "http://b.example:9093"]


def test_a_webhook_and_its_secret_may_come_out_of_files(tmp_path: Path) -> None:
    url, secret = tmp_path / "url", tmp_path / "secret"
    url.write_text(f"{URL}\n")
    secret.write_text(f"{SECRET_TEXT}\n")

    loaded = settings(webhook_file=str(url), secret_file=str(secret))

    found = loaded.webhook_url()
    assert found is not None
    assert found.get_secret_value() == URL
    assert len(loaded.webhook_secrets()) == 1


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"webhook": URL}, "CLAIMWIRE_FORWARD_WEBHOOK and CLAIMWIRE_FORWARD_SECRET (or their _FILE)"),
        ({"secret": SECRET_TEXT}, "CLAIMWIRE_FORWARD_WEBHOOK and CLAIMWIRE_FORWARD_SECRET"),
        (
            {"webhook": URL, "webhook_file": "/x", "secret": SECRET_TEXT},
            "CLAIMWIRE_FORWARD_WEBHOOK and CLAIMWIRE_FORWARD_WEBHOOK_FILE exclude each other",
        ),
        ({"alertmanagers": "http://a.example", "in_flight": "0"}, "CLAIMWIRE_FORWARD_IN_FLIGHT: "),
        ({"alertmanagers": "http://a.example", "repeat": "-1"}, "CLAIMWIRE_FORWARD_REPEAT: "),
        ({"alertmanager": "http://a.example"}, "CLAIMWIRE_FORWARD_ALERTMANAGER: no such setting"),
    ],
)
def test_what_does_not_fit_together_is_one_line_that_names_it(given: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**given)

    assert str(refused.value).startswith(complaint)
    assert "PASSW0RD" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["hooks.example", "ftp://hooks.example", "https://", "http://[bad", "T0KEN"])
def test_an_address_that_is_none_is_refused_without_telling_it(text: str) -> None:
    with pytest.raises(ForwardSettingsError) as refused:
        settings(webhook=text, secret=SECRET_TEXT).webhook_url()

    assert (
        str(refused.value) == "CLAIMWIRE_FORWARD_WEBHOOK: one of its addresses is no http:// or https:// URL"
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none"

    with pytest.raises(ForwardSettingsError) as refused:
        settings(alertmanagers_file=str(missing)).alertmanager_urls()

    assert str(refused.value) == f"CLAIMWIRE_FORWARD_ALERTMANAGERS_FILE: {missing}: No such file or directory"


def test_no_way_of_printing_the_settings_shows_a_secret() -> None:
    loaded = settings(webhook=URL, secret=SECRET_TEXT, alertmanagers=URL)

    for told in (repr(loaded), str(loaded), loaded.model_dump_json()):
        assert "PASSW0RD" not in told
        assert "T0KEN" not in told
        assert SECRET_TEXT not in told


def test_the_forwarder_is_no_stage_of_the_worker() -> None:
    with pytest.raises(SettingsError, match="forward-alerts is no stage of the worker"):
        load_settings({"CLAIMWIRE_STAGES": "enrich-articles,forward-alerts"})

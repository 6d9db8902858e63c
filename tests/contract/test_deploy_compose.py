"""docker-compose.yml without a Docker engine: what it names exists, and is what it says."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from kafka.admin import KafkaAdminClient

from workers import __version__
from workers.broker.local import LocalKafka
from workers.broker.ports import LOOPBACK, free_ports
from workers.cli.main import app
from workers.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PINNED = re.compile(r"^[a-z0-9]+(/[a-z0-9-]+)?:v?\d+\.\d+\.\d+$")
OURS = f"claimwire:{__version__}"
ENDS_BY_ITSELF = {"topics"}

each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize(
    "name", [name for name, service in SERVICES.items() if "build" in service]
)


def mounts(name: str) -> list[tuple[str, str]]:
    """Source and the rest of every volume line."""
    return [(line.split(":")[0], line) for line in SERVICES[name].get("volumes", [])]


def test_the_picture_is_whole() -> None:
    always = {name for name, service in SERVICES.items() if "profiles" not in service}

    assert always == {"kafka", "topics", "worker", "prometheus", "alertmanager", "grafana"}
    assert set(SERVICES) - always == {"forward"}


def test_docker_compose_accepts_the_file() -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("needs docker-compose (Debian package docker-compose)")

    command = [program, "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")


@each_service
def test_images_are_pinned_to_a_full_version(name: str) -> None:
    assert PINNED.match(SERVICES[name]["image"])


@each_of_ours
def test_our_image_carries_our_version(name: str) -> None:
    assert SERVICES[name]["image"] == OURS


def test_kafka_is_the_version_that_tests_run_against() -> None:
    pom = (ROOT / "deploy" / "kafka" / "pom.xml").read_text("utf-8")
    version = re.search(r"<kafka\.version>(.+)</kafka\.version>", pom)

    assert version
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version[1]}"


@each_service
def test_every_service_that_stays_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]

    assert check == {"disable": True} if name in ENDS_BY_ITSELF else check["test"][0] == "CMD"


@each_service
def test_who_waits_for_health_or_an_end_waits_for_something_that_comes(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in ENDS_BY_ITSELF else "service_healthy"
        assert wait == {"condition": expected}
        assert other in SERVICES


@each_service
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("127.0.0.1:")


@each_service
def test_mounted_files_exist_and_are_read_only_and_volumes_are_declared(name: str) -> None:
    for source, line in mounts(name):
        if source.startswith("."):
            assert (ROOT / source).exists()
            assert line.endswith(":ro")
        else:
            assert source in COMPOSE["volumes"]


def test_no_volume_is_declared_for_nobody() -> None:
    used = {source for name in SERVICES for source, _ in mounts(name)}

    assert set(COMPOSE["volumes"]) <= used


@each_of_ours
def test_our_services_run_commands_and_options_that_exist(name: str) -> None:
    words: list[str] = SERVICES[name]["command"]
    context: Any = typer.main.get_command(app).make_context("claimwire", list(words))

    while hasattr(
        context.command, "get_command"
    ):  # a group: its command reads the rest, and refuses the unknown
        word, *words = words
        command = context.command.get_command(context, word)
        assert command is not None, word
        context = command.make_context(word, list(words), parent=context)

    assert not context.args


@each_of_ours
def test_our_services_are_given_settings_that_exist(name: str) -> None:
    settings = load_settings(SERVICES[name]["environment"])

    assert settings.broker == "kafka:19092"


@each_of_ours
def test_our_services_can_write_nothing_but_their_state(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_the_forwarder_posts_to_the_alertmanager_beside_it() -> None:
    service = SERVICES["forward"]
    (url,) = load_settings(service["environment"]).alertmanager_urls()
    host, port = url.get_secret_value().removeprefix("http://").split(":")

    assert service["profiles"] == ["forward"]
    assert f"127.0.0.1:{port}:{port}" in SERVICES[host]["ports"]


def test_the_worker_keeps_its_state_in_its_volume() -> None:
    worker = SERVICES["worker"]
    (volume,) = worker["volumes"]

    assert worker["environment"]["CLAIMWIRE_STATE_URL"].startswith(f"sqlite:///{volume.split(':')[1]}/")


@pytest.mark.kafka
def test_kafka_starts_with_these_settings_and_serves_both_listeners(tmp_path: Path) -> None:
    inside, host, controller = free_ports(3)
    ports = {":19092": f":{inside}", ":9092": f":{host}", ":9093": f":{controller}"}
    properties = {}
    for variable, value in SERVICES["kafka"]["environment"].items():
        if not variable.startswith("KAFKA_"):
            continue
        for written, free in ports.items():
            value = re.sub(rf"{written}\b", free, value)
        value = value.replace("kafka:", f"{LOOPBACK}:").replace("://:", f"://{LOOPBACK}:")
        properties[variable.removeprefix("KAFKA_").lower().replace("_", ".")] = value
    properties["log.dirs"] = str(tmp_path / "logs")

    with LocalKafka(tmp_path, properties=properties):
        for port in (inside, host):
            admin = KafkaAdminClient(bootstrap_servers=f"{LOOPBACK}:{port}")
            assert admin.list_topics() is not None
            admin.close()

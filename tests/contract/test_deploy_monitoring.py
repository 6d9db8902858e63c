"""Prometheus, Alertmanager and Grafana: their files are valid, and speak of metrics and hosts that exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from faust.sensors.prometheus import FaustMetrics
from prometheus_client import CollectorRegistry

from workers.telemetry.metrics import Metrics
from workers.topology import STAGES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
RULES_FILE = DEPLOY / "prometheus" / "rules" / "claimwire.rules.yml"
RULES: list[dict[str, Any]] = yaml.safe_load(RULES_FILE.read_text("utf-8"))["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads(
    (DEPLOY / "grafana" / "dashboards" / "claimwire.json").read_text("utf-8")
)
PROMETHEUS: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}
LABELS = re.compile(r"\bby \(([a-z_, ]+)\)")
METRIC = re.compile(r"\b(?:claimwire|faust)_[a-z_]+\b")

EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
]


def registry() -> CollectorRegistry:
    """The registry that a worker serves on /metrics."""
    made = CollectorRegistry()
    Metrics(made, STAGES)
    FaustMetrics.create(made, "faust")
    return made


def run(program: str, package: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"needs {program} (Debian package {package})")
    answer = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_prometheus_accepts_its_configuration_and_rules() -> None:
    run("promtool", "prometheus", "check", "config", str(DEPLOY / "prometheus" / "prometheus.yml"))


def test_every_alert_fires_when_it_should_and_is_silent_when_all_is_well() -> None:
    run("promtool", "prometheus", "test", "rules", str(RULES_FILE.with_name("claimwire.test.yml")))


def test_alertmanager_accepts_its_configuration() -> None:
    path = str(DEPLOY / "alertmanager" / "alertmanager.yml")
    run("amtool", "prometheus-alertmanager", "check-config", path)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_rules_and_panels_ask_for_metrics_that_the_worker_has(expression: str) -> None:
    known = {family.name + suffix for family in registry().collect() for suffix in SUFFIXES[family.type]}
    asked = set(METRIC.findall(expression))

    assert asked or "up{" in expression
    assert asked <= known


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_happened_and_what_to_do_and_is_tried(rule: dict[str, Any]) -> None:
    trials = RULES_FILE.with_name("claimwire.test.yml").read_text("utf-8")

    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description"}
    assert len(re.findall(rf"\b{rule['alert']}\b", trials)) >= 2


def test_prometheus_reads_the_port_that_the_worker_opens() -> None:
    worker = SERVICES["worker"]["environment"]
    jobs = {job["job_name"]: job for job in PROMETHEUS["scrape_configs"]}
    job = jobs["claimwire-worker"]

    assert job["static_configs"][0]["targets"] == [f"worker:{worker['CLAIMWIRE_WEB_PORT']}"]
    assert job["metrics_path"] == "/metrics"
    assert 'job="claimwire-worker"' in RULES[0]["expr"]


def test_the_hosts_that_configurations_name_are_services() -> None:
    grafana = (DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text("utf-8")
    texts = [grafana, json.dumps(PROMETHEUS)]
    hosts = [host for text in texts for host in re.findall(r"([a-z][a-z0-9-]+):\d{4}\b", text)]

    assert {"prometheus", "alertmanager", "worker"} <= set(hosts) <= set(SERVICES)


def test_the_dashboard_uses_the_provisioned_source_and_its_panels_are_told_apart() -> None:
    provisioned = (DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text("utf-8")
    (source,) = yaml.safe_load(provisioned)["datasources"]
    panels = DASHBOARD["panels"]

    assert panels
    assert {panel["datasource"]["uid"] for panel in panels} == {source["uid"]}
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({panel["title"] for panel in panels}) == len(panels)
    assert all(panel["description"] for panel in panels)


def test_grafana_finds_the_dashboard_where_compose_puts_it() -> None:
    providers = (DEPLOY / "grafana" / "provisioning" / "dashboards" / "claimwire.yml").read_text("utf-8")
    (provider,) = yaml.safe_load(providers)["providers"]
    folder = provider["options"]["path"]
    mounted = [line for line in SERVICES["grafana"]["volumes"] if f":{folder}:" in line]

    assert mounted == [f"./deploy/grafana/dashboards:{folder}:ro"]
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{folder}/claimwire.json"

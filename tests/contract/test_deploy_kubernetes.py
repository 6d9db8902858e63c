"""The Kubernetes manifests without a cluster: built by kustomize, checked by the API's own schemas."""

import shutil
import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import kubernetes_validate
import pytest
import yaml

from workers.settings import load_settings
from workers.topology import STAGES, Stage
from workers.wire.topics import load_topics

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = ("production", "small", "forward")
VERSIONS = ("1.31", "1.37")  # the oldest that is still looked after, and the newest that we have schemas of
WORKER_MIB, RELATING_MIB, LANGUAGE_MIB = 190, 348, 278  # README, bench.soak
FORWARD_MIB = 90  # bench.forward_memory
Manifest = dict[str, Any]

each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def build(overlay: str) -> tuple[Manifest, ...]:
    """Return what would be applied."""
    path = str(ROOT / "deploy" / "kubernetes" / "overlays" / overlay)
    kustomize, kubectl = shutil.which("kustomize"), shutil.which("kubectl")
    if kustomize is None and kubectl is None:
        pytest.skip("needs kustomize or kubectl")
    command = [kustomize, "build", path] if kustomize else [str(kubectl), "kustomize", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = tuple(yaml.safe_load_all(done.stdout))
    assert found
    return found


def of_kind(overlay: str, *kinds: str) -> dict[str, Manifest]:
    found = {made["metadata"]["name"]: made for made in build(overlay) if made["kind"] in kinds}
    assert found, f"{overlay} has no {kinds}"
    return found


def pods(overlay: str) -> dict[str, Manifest]:
    """Return the pod specs by their owner's name."""
    owners = of_kind(overlay, "Deployment", "StatefulSet", "Job")
    return {name: owner["spec"]["template"]["spec"] for name, owner in owners.items()}


def container(pod: Manifest) -> Manifest:
    (only,) = pod["containers"]
    found: Manifest = only
    return found


def environment(overlay: str, pod: Manifest) -> dict[str, str]:
    """Return what the container would see; a value out of a Secret is a made-up one."""
    maps = {name: made["data"] for name, made in of_kind(overlay, "ConfigMap").items()}
    found: dict[str, str] = {}
    for source in container(pod).get("envFrom", ()):
        found |= maps[source["configMapRef"]["name"]]
    made_up = {"username": "somebody", "url": "postgresql://somebody@postgres/claimwire"}
    for entry in container(pod)["env"]:
        secret = entry.get("valueFrom", {}).get("secretKeyRef")
        found[entry["name"]] = made_up[secret["key"]] if secret else entry["value"]
    return found


def programs(overlay: str, *args: str) -> dict[str, Manifest]:
    """Return the pods that run one of these commands for good."""
    return {name: pod for name, pod in pods(overlay).items() if container(pod)["args"][0] in args}


def workers(overlay: str) -> dict[str, Manifest]:
    return programs(overlay, "worker")


@cache
def keda_schemas() -> dict[str, Any]:
    """Return KEDA's own schemas by kind, closed: the API server would silently drop an unknown field."""
    found = {}
    for path in sorted((ROOT / "tests" / "contract" / "keda").glob("*.yaml")):
        definition = yaml.safe_load(path.read_text("utf-8"))
        (version,) = [entry for entry in definition["spec"]["versions"] if entry["name"] == "v1alpha1"]
        schema = closed(version["schema"]["openAPIV3Schema"])
        schema["properties"]["metadata"] = {"type": "object"}
        found[definition["spec"]["names"]["kind"]] = jsonschema_rs.validator_for(schema)
    return found


def closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(part) for name, part in schema.items()}
    if isinstance(found.get("properties"), dict) and not found.get("x-kubernetes-preserve-unknown-fields"):
        found.setdefault("additionalProperties", False)
    return found


def complaint(made: Manifest, version: str) -> str | None:
    """Return why an API server of that version, or KEDA, would refuse ``made``."""
    try:
        if made["apiVersion"].startswith("keda.sh/"):
            keda_schemas()[made["kind"]].validate(made)
        else:
            kubernetes_validate.validate(made, version, strict=True)
    except (jsonschema_rs.ValidationError, kubernetes_validate.ValidationError) as error:
        return str(error)
    return None


@each_overlay
@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_as_the_api_wants_it(overlay: str, version: str) -> None:
    complaints = {made["metadata"]["name"]: complaint(made, version) for made in build(overlay)}

    assert {name: why for name, why in complaints.items() if why} == {}


@pytest.mark.parametrize("kind", ["Deployment", "PodDisruptionBudget", "NetworkPolicy", "ScaledObject"])
def test_a_misspelt_field_would_be_found(kind: str) -> None:
    spoilt = deepcopy(next(iter(of_kind("production", kind).values())))
    spoilt["spec"]["replicaz"] = 1

    assert "replicaz" in str(complaint(spoilt, VERSIONS[-1]))


@each_overlay
def test_every_pod_is_what_the_restricted_standard_asks_for(overlay: str) -> None:
    (namespace,) = of_kind(overlay, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for name, pod in pods(overlay).items():
        inside = container(pod)["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["runAsUser"] == 10001, name  # the Dockerfile's
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert inside["allowPrivilegeEscalation"] is False, name
        assert inside["readOnlyRootFilesystem"] is True, name
        assert inside["capabilities"] == {"drop": ["ALL"]}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), name


@each_overlay
def test_the_settings_are_ones_that_the_worker_takes_and_protect_it(overlay: str) -> None:
    assert workers(overlay)
    for name, pod in programs(overlay, "worker", "forward").items():
        settings = load_settings(environment(overlay, pod))
        mounts = {mount["mountPath"] for mount in container(pod)["volumeMounts"]}

        assert settings.is_protected, name
        assert settings.broker_password is None, name  # an environment is seen by every child
        assert str(settings.broker_password_file).startswith("/run/secrets/kafka/"), name
        assert "/run/secrets/kafka" in mounts
        served = settings.forward_port if settings.forwards else settings.web_port
        assert [port["containerPort"] for port in container(pod)["ports"]] == [served]
        assert settings.web_bind == "0.0.0.0"


def test_the_forwarder_has_somewhere_to_post_to_and_may_reach_it() -> None:
    (pod,) = programs("forward", "forward").values()
    settings = load_settings(environment("forward", pod))
    (rule,) = of_kind("forward", "NetworkPolicy")["claimwire-forward"]["spec"]["egress"]
    (port,), (peer,) = rule["ports"], rule["to"]
    (url,) = settings.alertmanager_urls()

    namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    assert url.get_secret_value().endswith(f".{namespace}.svc:{port['port']}")
    secrets = {source["secretKeyRef"]["name"] for source in _from_secrets(pod)}
    assert secrets == {"claimwire-kafka-forward"}  # a user of its own: it may only read alerts


def _from_secrets(pod: Manifest) -> list[Manifest]:
    return [entry["valueFrom"] for entry in container(pod)["env"] if "valueFrom" in entry]


@each_overlay
def test_the_memory_asked_for_is_what_was_measured_and_some_room(overlay: str) -> None:
    for name, pod in programs(overlay, "worker", "forward").items():
        settings = load_settings(environment(overlay, pod))
        processes = settings.processes if "enrich-articles" in settings.stages else 0
        relates = "relate-claims" in settings.stages
        worker = (RELATING_MIB if relates else WORKER_MIB) + processes * LANGUAGE_MIB
        limits = container(pod)["resources"]

        asked = int(limits["requests"]["memory"].removesuffix("Mi"))
        assert asked >= (FORWARD_MIB if settings.forwards else worker), name
        assert int(limits["limits"]["memory"].removesuffix("Mi")) > asked, name
        assert "cpu" not in limits["limits"], name  # throttling in mid batch helps nobody


@each_overlay
def test_probes_ask_for_the_pages_that_there_are(overlay: str) -> None:
    pages = "".join(
        (ROOT / "workers" / name).read_text("utf-8") for name in ("agents/pages.py", "forwarder.py")
    )
    for pod in programs(overlay, "worker", "forward").values():
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert f'"{container(pod)[probe]["httpGet"]["path"]}' in pages
        assert pod["terminationGracePeriodSeconds"] == 90


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_stage_has_its_deployment_scaled_by_the_lag_of_all_that_it_reads(stage: Stage) -> None:
    running = {
        name: load_settings(environment("production", pod)) for name, pod in workers("production").items()
    }
    (name,) = [name for name, settings in running.items() if settings.stages == (stage.name,)]
    scaled = of_kind("production", "ScaledObject")[name]["spec"]
    triggers = [trigger["metadata"] for trigger in scaled["triggers"]]

    assert scaled["scaleTargetRef"] == {"name": name}
    assert {trigger["topic"] for trigger in triggers} == set(map(str, stage.sources))
    assert {trigger["consumerGroup"] for trigger in triggers} == {running[name].app_id}
    assert {trigger["bootstrapServers"] for trigger in triggers} == {running[name].broker}
    assert len({settings.app_id for settings in running.values()}) == len(running)
    most = max(load_topics()[str(topic)].partitions for topic in stage.sources)
    assert scaled["maxReplicaCount"] <= most  # one more would have no partition
    assert "replicas" not in of_kind("production", "Deployment")[name]["spec"]  # KEDA's, not ours


@each_overlay
def test_every_pod_has_a_disruption_budget_and_a_network_policy_that_select_it(overlay: str) -> None:
    policy = of_kind(overlay, "NetworkPolicy")["claimwire"]
    owners = of_kind(overlay, "Deployment", "StatefulSet")
    for name, owner in owners.items():
        labels = owner["spec"]["template"]["metadata"]["labels"]
        budget = of_kind(overlay, "PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"]

        assert budget == owner["spec"]["selector"]["matchLabels"]
        assert budget.items() <= labels.items()
        assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    maps = [made["data"] for made in of_kind(overlay, "ConfigMap").values()]
    (port,) = {data["CLAIMWIRE_BROKER"].rpartition(":")[2] for data in maps if "CLAIMWIRE_BROKER" in data}
    opened = [entry["port"] for rule in policy["spec"]["egress"] for entry in rule["ports"]]
    assert int(port) in opened

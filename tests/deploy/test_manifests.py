"""deploy/compose.yml and deploy/kubernetes/: right by their schemas, and in agreement with the project."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from conch.settings import ROOT
from scripts import balancer

DEPLOY = ROOT / "deploy"
KUBERNETES = (
    "1.28"  # the newest that kubernetes-validate has for Rasa's jsonschema; all kinds used are stable since 1.25
)
UNSET = re.compile(r"\$\{(\w+):\?[^}]*\}")
INTERPOLATED = re.compile(r"(?<!\$)\$\{(\w+)[^}]*\}")
SECRETS = re.compile(r"PASSWORD|TOKEN|SECRET|KEY|DATABASE_URL|REDIS_URL")
OFFICIAL = re.compile(r"(?:nginx|postgres|redis|python):[0-9][\w.-]*|conch:[0-9.]+")
OF_IMAGES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


def compose() -> dict[str, Any]:
    """The compose file."""
    return yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))


def manifests() -> list[Any]:
    """Every Kubernetes object, each a parameter of its own."""
    found = []
    for path in sorted((DEPLOY / "kubernetes").glob("*.yml")):
        for one in yaml.safe_load_all(path.read_text("utf-8")):
            found.append(pytest.param(one, id=f"{one['kind']}-{one['metadata']['name']}"))
    return found


def pods() -> list[Any]:
    """The specification of every pod."""
    found = []
    for parameter in manifests():
        (one,) = parameter.values
        spec = one.get("spec") or {}
        if one["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            found.append(pytest.param(spec["template"]["spec"], id=parameter.id))
    return found


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Every container of a pod."""
    return [*pod.get("initContainers", []), *pod["containers"]]


def settings_that_exist() -> set[str]:
    """Every variable that the project reads."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "conch").glob("*settings.py"))
    return set(re.findall(r'"([A-Z][A-Z_]+)"', code))


def routes() -> set[str]:
    """Every address that a channel or nginx answers with GET."""
    found = set(re.findall(r"location = (/\S+)", (DEPLOY / "nginx.cluster.conf.template").read_text("utf-8")))
    for name in ("chat", "rest"):
        code = (ROOT / "addons" / "channels" / f"{name}.py").read_text("utf-8")
        found |= {f"/webhooks/{name}{path}" for path in re.findall(r'@routes\.get\("([^"]*)"', code)}
    return found


def values(tree: Any) -> Iterator[str]:
    """Every text within a document."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from values(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from values(value)
    elif isinstance(tree, str):
        yield tree


def test_compose_follows_its_schema() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(compose())
    wrong = compose()
    wrong["services"]["nginx"]["heathcheck"] = {}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(wrong)


@pytest.mark.parametrize("manifest", manifests())
def test_a_manifest_follows_its_schema(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest | {"spek": {}}, KUBERNETES, strict=True)


def test_what_a_service_of_compose_names_is_there() -> None:
    whole = compose()
    for name, service in whole["services"].items():
        assert set(service.get("networks") or []) <= set(whole["networks"]), name
        assert set(service.get("depends_on") or []) <= set(whole["services"]), name
        volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert volumes <= set(whole["volumes"]), name


def test_services_of_compose_are_confined() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["user"].split(":")[0]) > 0, name
        assert "mem_limit" in service, name
        assert "healthcheck" in service or service["restart"] == "no", name


def test_only_the_balancer_can_be_reached_and_only_from_this_machine() -> None:
    published = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert published == {"nginx": ["127.0.0.1:8080:8080"]}
    assert compose()["networks"]["stores"]["internal"] is True


def test_the_balancer_of_compose_knows_every_assistant() -> None:
    services = compose()["services"]
    command = services["balancer-files"]["command"]
    named = command[command.index("--assistants") + 1 :]
    addresses = [
        f"{service['networks']['front']['ipv4_address']}:5005"
        for name, service in services.items()
        if name.startswith("assistant-")
    ]
    assert named == addresses
    assert command[command.index("--trusted") + 1] == compose()["networks"]["front"]["ipam"]["config"][0]["gateway"]


def test_variables_of_compose_exist_and_secrets_have_no_default() -> None:
    text = (DEPLOY / "compose.yml").read_text("utf-8")
    required = set(UNSET.findall(text))
    assert required == {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "STORE_KEY"}
    given = {name for service in compose()["services"].values() for name in service.get("environment", {})}
    assert given | set(INTERPOLATED.findall(text)) <= settings_that_exist() | OF_IMAGES
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            assert not SECRETS.search(name) or INTERPOLATED.search(value), name
    assert not re.search(r"\$\{(?:\w*(?:PASSWORD|TOKEN|SECRET|KEY)\w*):?-[^}]", text), "a secret has a default"


@pytest.mark.parametrize("pod", pods())
def test_a_pod_is_confined(pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in containers(pod):
        own = container["securityContext"]
        assert own["readOnlyRootFilesystem"] is True
        assert own["allowPrivilegeEscalation"] is False
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        mounted = {volume["name"] for volume in container.get("volumeMounts", [])}
        assert mounted <= {volume["name"] for volume in pod["volumes"]}


@pytest.mark.parametrize("pod", pods())
def test_variables_of_a_pod_exist_and_secrets_are_references(pod: dict[str, Any]) -> None:
    for container in containers(pod):
        for variable in container.get("env", []):
            assert variable["name"] in settings_that_exist()
            reference = variable["valueFrom"]
            assert SECRETS.search(variable["name"]) is None or reference["secretKeyRef"]["key"] == variable["name"]


def test_settings_of_kubernetes_exist_and_hold_no_secret() -> None:
    (settings,) = [one.values[0] for one in manifests() if one.values[0]["kind"] == "ConfigMap"]
    assert set(settings["data"]) <= settings_that_exist()
    assert [name for name in settings["data"] if SECRETS.search(name)] == []


@pytest.mark.parametrize("pod", pods())
def test_probes_ask_for_what_is_there(pod: dict[str, Any]) -> None:
    for container in containers(pod):
        for name, probe in container.items():
            if name.endswith("Probe"):
                assert probe["httpGet"]["path"] in routes(), name
                assert probe["httpGet"]["port"] in {port["name"] for port in container["ports"]}, name


def test_selectors_find_pods() -> None:
    labels = [
        one.values[0]["spec"]["template"]["metadata"]["labels"]
        for one in manifests()
        if one.values[0]["kind"] == "Deployment"
    ]
    for one in manifests():
        spec = one.values[0].get("spec") or {}
        if one.values[0]["kind"] in ("Service", "PodDisruptionBudget", "Deployment"):
            wanted = spec["selector"].get("matchLabels", spec["selector"])
            assert [found for found in labels if wanted.items() <= found.items()], one.id


def test_images_are_ours_or_plain_official_ones() -> None:
    images = [service["image"] for service in compose()["services"].values()]
    images += [container["image"] for pod in pods() for container in containers(pod.values[0])]
    docker = (DEPLOY / "Dockerfile").read_text("utf-8")
    images += [name for name in re.findall(r"^FROM (\S+)", docker, re.MULTILINE) if name != "packages"]
    assert [image for image in images if not OFFICIAL.fullmatch(image)] == []
    assert docker.rstrip().splitlines()[-1].startswith("CMD")
    assert re.search(r"^USER [1-9]", docker, re.MULTILINE)
    assert "--require-hashes" in docker


def test_what_the_image_takes_along_exists() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("!") and not (ROOT / line[1:]).exists()] == []


@pytest.mark.parametrize("name", ["compose.yml", "kubernetes/balancer.yml"])
def test_the_balancers_command_works(name: str, tmp_path: Path) -> None:
    if name == "compose.yml":
        command = compose()["services"]["balancer-files"]["command"][3:]
    else:
        (pod,) = [one.values[0] for one in pods() if one.id == "Deployment-conch-balancer"]
        command = pod["initContainers"][0]["args"]
    balancer.main([part.replace("/balancer", str(tmp_path)) for part in command])
    assert "listen 8080;" in (tmp_path / "nginx.conf").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {
        "nginx.conf",
        "assistants.conf",
        "numbers.html",
        "referrals.json",
    }

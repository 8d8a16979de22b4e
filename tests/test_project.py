"""What keeps the parts together: ids, names, sizes, and what must stand in one place only."""

import ast
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from conch.contacts import Island, Need
from conch.signs import signs
from tests.words import ROOT, responses

MOST_LINES = 250
# Addresses that must stand in code: places where links lead, not facts about people to turn to.
KNOWN_HOSTS = {"www.weather.gov", "graph.facebook.com", "www.w3.org", "m.me", "conch"}
HARMLESS = re.compile(
    r"2147483647|\d{3}-555-01\d\d|https?://(?:localhost|127\.0\.0\.1|\[?::1\]?|(?:[\w-]+\.)*example\.(?:org|com))\b"
)
TELEPHONE = re.compile(
    r"(?<![\w.-])(?:\+?1[-. ]?)?\(?[2-9]\d{2}\)?[-. ]\d{3}[-. ]\d{4}(?!\w)|(?<!\w)\+?1?[2-9]\d{2}[2-9]\d{6}(?!\w)"
)
ADDRESS = re.compile(r"https?://([\w.-]+)")
MAY_HOLD_BOTH = ("content/", "tests/", "docs/", "README.md")
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "stuff"}
LEARNED = {"DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy", "MemoizationPolicy"}
LEARNED |= {"AugmentedMemoizationPolicy", "CRFEntityExtractor", "LanguageModelFeaturizer", "ConveRTFeaturizer"}


@lru_cache(maxsize=1)
def files() -> list[Path]:
    """What git tracks or would track; without git, nothing can be told."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in sorted(set(listed)) if name and (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    """A file's name from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    """A file's text; nothing for a picture."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def read(name: str) -> Any:
    """A YAML file of the project."""
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


@lru_cache(maxsize=1)
def rules() -> list[dict[str, Any]]:
    """Every rule."""
    return [rule for path in sorted((ROOT / "data" / "rules").glob("*.yml")) for rule in read(name_of(path))["rules"]]


def intents_of(rule: dict[str, Any]) -> list[str]:
    """The intents that a rule answers."""
    first = rule["steps"][0]
    return [step["intent"] for step in first.get("or", [first])]


@lru_cache(maxsize=1)
def actions() -> dict[str, str]:
    """The class of every action, by the name that it gives itself."""
    found = {}
    for path in sorted((ROOT / "actions").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name.startswith("Action"):
                names = [child for child in node.body if isinstance(child, ast.FunctionDef) and child.name == "name"]
                found[ast.literal_eval(names[0].body[-1].value)] = node.name
    return found


def test_actions_are_those_of_the_domain() -> None:
    assert sorted(actions()) == sorted(read("domain.yml")["actions"])


def test_an_actions_class_bears_its_name() -> None:
    assert {name: "".join(part.title() for part in name.split("_")) for name in actions()} == actions()


def test_the_domain_keeps_the_contract() -> None:
    contract, domain = read("docs/contract.yml"), read("domain.yml")
    wanted = {intent for intent in contract["intents"] if not intent.endswith("*")}
    wanted |= {f"indicator_{sign}" for sign in contract["indicators"]}
    assert wanted - set(domain["intents"]) == set()
    assert domain["slots"]["perspective"]["values"] == list(contract["perspective"])
    assert {"indicator", "perspective"} <= set(domain["entities"])


def test_signs_are_those_of_the_contract() -> None:
    contract = read("docs/contract.yml")["indicators"]
    assert {name: sign.means for name, sign in signs().indicators.items()} == {
        name: entry["means"] for name, entry in contract.items()
    }


@pytest.mark.parametrize(("slot", "values"), [("island", Island), ("need", Need)])
def test_slots_hold_what_the_directory_knows(slot: str, values: type) -> None:
    assert sorted(read("domain.yml")["slots"][slot]["values"]) == sorted(value.value for value in values)


def test_each_intent_has_one_rule_and_signs_one_for_several() -> None:
    answered = [intent for rule in rules() if "condition" not in rule for intent in intents_of(rule)]
    assert sorted(answered) == sorted(read("domain.yml")["intents"])
    signs_of = {intent for intent in answered if intent.startswith("indicator_")}
    conditional = {rule["rule"]: set(intents_of(rule)) for rule in rules() if "condition" in rule}
    assert set(conditional.pop("several signs in one message")) == signs_of
    assert set(conditional.pop("an observation of several signs in a practice case")) == signs_of
    assert conditional.pop("an observation in a practice case") >= signs_of
    assert conditional == {}


def test_what_is_no_observation_ends_the_practice() -> None:
    (mapping,) = read("domain.yml")["slots"]["practising"]["mappings"]
    observed = {i for rule in rules() if rule["rule"].startswith("an observation") for i in intents_of(rule)}
    steps = {intent for intent in read("domain.yml")["intents"] if "scenario" in intent}
    assert set(mapping["not_intent"]) == observed | steps | {"greet", "thank"}
    assert not observed & {"self_harm", "disclose_own_situation", "ask_contacts", "ask_how_to_report"}


def test_each_rule_has_a_story() -> None:
    stories = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests" / "stories").glob("test_*.yml"))
    told = set(re.findall(r"intent: (\w+)", stories))
    said = set(re.findall(r"action: (\w+)", stories))
    assert {intent for rule in rules() for intent in intents_of(rule)} - told == set()
    assert {step["action"] for rule in rules() for step in rule["steps"] if "action" in step} - said == set()


def test_responses_exist_and_none_is_unused() -> None:
    places = [*(ROOT / "data" / "rules").glob("*.yml"), *(ROOT / "actions").glob("*.py"), ROOT / "config.yml"]
    places += (ROOT / "addons").rglob("*.py")
    words = r"\butter_(?!message\b|action\b)\w+(?:\{\w+\})?"
    used = set(re.findall(words, "\n".join(path.read_text("utf-8") for path in places)))
    of_messenger = re.findall(r"\butter_messenger_(\w+):", text_of(ROOT / "data" / "responses" / "messenger.yml"))
    values = {
        "utter_contacts_{named}": [need.value for need in Need],
        "utter_local_services_{named}": [island.value for island in Island],
        "utter_messenger_{name}": of_messenger,  # its channel refuses to start when one is missing
    }
    actions = "\n".join(path.read_text("utf-8") for path in (ROOT / "actions").glob("*.py"))
    values["utter_scenario_{name}"] = re.findall(r'\bsay\(\s*"(\w+)"', actions)
    for pattern, kinds in values.items():
        used -= {pattern}
        used |= {re.sub(r"\{\w+\}", kind, pattern) for kind in kinds}
    assert used - set(responses()) == set(), "is said and has no words"
    assert set(responses()) - used == set(), "has words and is never said"


def test_numbers_and_addresses_stand_in_the_content_only() -> None:
    found = []
    for path in files():
        if name_of(path).startswith(MAY_HOLD_BOTH) or path.suffix == ".lock":
            continue
        text = HARMLESS.sub("", text_of(path))
        found += [(name_of(path), match[0]) for match in TELEPHONE.finditer(text)]
        found += [(name_of(path), match[0]) for match in ADDRESS.finditer(text) if match[1] not in KNOWN_HOSTS]
    assert found == []


@pytest.mark.parametrize(
    "text", ["340-773-9272", "call (340) 776-7867", "1-888-373-7888", "+18883737888", "3407739272"]
)
def test_a_number_is_noticed(text: str) -> None:
    assert TELEPHONE.search(text)


def test_actions_stay_flat_and_need_only_the_sdk() -> None:
    folder = ROOT / "actions"
    assert [path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"] == []
    for path in folder.glob("*.py"):
        assert not re.search(r"^\s*(?:from|import) (?:rasa|addons)\b", path.read_text("utf-8"), re.MULTILINE), path.name


def test_what_both_servers_share_needs_neither() -> None:
    for path in (ROOT / "conch").glob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(?:from|import) (?:rasa|rasa_sdk|addons|actions)\b", text, re.MULTILINE), path.name


def test_modules_are_short_and_say_what_they_are_for() -> None:
    for path in files():
        if path.suffix == ".py" and not name_of(path).startswith("tests/"):
            text = path.read_text("utf-8")
            assert len(text.splitlines()) <= MOST_LINES, name_of(path)
            assert ast.get_docstring(ast.parse(text)), name_of(path)


def test_nothing_is_named_for_what_it_is_not() -> None:
    assert [name_of(path) for path in files() if NO_NAMES & {*path.relative_to(ROOT).parts, path.stem}] == []


def test_nothing_private_or_built_is_tracked() -> None:
    kinds = (".db", ".sqlite", ".onnx", ".tar.gz", ".pickle", ".pkl", ".log", ".pyc", ".pem", ".key")
    wrong = [name_of(path) for path in files() if path.name.endswith(kinds) or path.name.startswith(".env")]
    assert wrong == []
    assert [name_of(path) for path in files() if path.suffix == ".env"] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock", "requirements-tools.lock"])
def test_locks_hash_every_package_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?://|index-url|find-links|\bgit\+", text)
    pinned = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert [entry.split()[0] for entry in pinned if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_nothing_is_learned_but_the_understanding() -> None:
    config = read("config.yml")
    assert [policy["name"] for policy in config["policies"]] == ["RulePolicy"]
    assert not LEARNED & {component["name"].rsplit(".", 1)[-1] for component in config["pipeline"]}


def documents() -> list[Path]:
    """What people read about the project."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("content/*.md"))]


def exists(name: str) -> bool:
    """Whether a path exists."""
    return (ROOT / name).exists()


def has_its_like(name: str) -> bool:
    """Whether a path exists or, for a file that a task tells one to add, another of its kind."""
    parts = name.split("/")
    patterns = ["/".join([*parts[:at], "*" + Path(parts[at]).suffix, *parts[at + 1 :]]) for at in range(1, len(parts))]
    return exists(name) or any(next(ROOT.glob(pattern), None) for pattern in patterns)


@pytest.mark.parametrize("path", [pytest.param(path, id=name_of(path)) for path in documents() if path.exists()])
def test_what_a_document_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    )make ([a-z][a-z0-9-]*)", text, re.MULTILINE)) - targets == set()
    roots = {entry.name for entry in ROOT.iterdir()} - {"models", "results", ".cache", ".venv", ".rasa"}
    named = {found for found in re.findall(r"`([\w.-]+/[\w./-]*)[`\s]", text) if found.split("/")[0] in roots}
    is_there = has_its_like if path.name.startswith("add-") else exists
    assert {found for found in named if not is_there(found)} == set()
    links = set(re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text))
    assert {found for found in links if not (path.parent / found).exists()} == set()

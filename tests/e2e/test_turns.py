"""The assistant in fair weather, over REST, on the real servers. Payloads stand for what people mean."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from conch.signs import signs
from tests.e2e.conftest import Assistant
from tests.e2e.referrals import words_of
from tests.e2e.servers import ROOT, Rasa, free_port, start_rasa

NEEDS = {"text": "233733", "chat": "humantraffickinghotline.org/en/chat", "minors": "1-800-843-5678", "suicide": "988"}
ISLANDS = {"st_croix": "340-773-9272", "st_thomas": "340-776-7867", "st_john": "340-776-7867", "water_island": "911"}
LANGUAGES = {
    "Hola, necesito ayuda, por favor, mi jefe tiene mi pasaporte.": "Puede llamar",
    "Bonjour, j'ai besoin d'aide, mon patron a pris mon passeport.": "Vous pouvez appeler",
    "Bonjou, mwen bezwen èd, patwon mwen pran paspò mwen.": "Ou ka rele",
}
PERSPECTIVES = {"self", "other", "general"}


def sign(name: str, perspective: str) -> str:
    """A tap that stands for one sign."""
    return f'/indicator_{name}{{"indicator":"{name}","perspective":"{perspective}"}}'


def test_a_greeting_says_what_this_is(rasa: Rasa) -> None:
    replies = rasa.say("/greet")
    assert "not a hotline" in replies[0]["text"]
    assert [button["payload"] for button in replies[0]["buttons"]] == ["/unsafe_to_talk", "/ask_capabilities"]
    assert replies[-1]["referrals"][0] == {"name": "In danger now, call", "number": "911", "dial": "911"}


@pytest.mark.parametrize("name", ["grooming", "document_confiscation", "wage_withholding"])
def test_a_sign_is_answered_by_who_tells(rasa: Rasa, name: str) -> None:
    said = {who: words_of(rasa.say(sign(name, who))) for who in ("self", "other", "general")}
    assert len(set(said.values())) == 3


@pytest.mark.parametrize("name", signs().indicators)
def test_every_sign_has_an_answer_with_sources(rasa: Rasa, name: str) -> None:
    replies = rasa.say(sign(name, "self"))
    assert len(replies) >= 2
    assert replies[0]["sources"]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_several_signs_are_each_named(odd: Rasa, count: int) -> None:
    for first in range(0, len(signs().indicators) - count, 7):
        found = list(signs().indicators)[first : first + count]
        said = words_of(odd.say("signs: " + " ".join(found)))
        assert [name for name in found if signs().indicators[name].name not in said] == []


def test_several_signs_in_plain_words_are_each_named(rasa: Rasa) -> None:
    message = "My boss took my passport, he never pays me and he locks me in the house."
    understood = rasa.parse(message)
    found = {entity["value"] for entity in understood["entities"] if entity["entity"] == "indicator"}
    assert found, "three plain signs, none found"
    said = words_of(rasa.say(message))
    if understood["intent"]["name"].startswith("indicator_") and len(found) > 1:
        assert all(signs().indicators[name].name in said for name in found)


def test_a_conversation_goes_on_after_a_sign(rasa: Rasa) -> None:
    sender = uuid.uuid4().hex
    rasa.say(sign("confinement", "self"), sender)
    for payload in ("/ask_what_happens_when_i_call", '/ask_local_services{"island":"st_croix"}', "/thank"):
        assert len(rasa.say(payload, sender)) >= 2
    assert "340-773-9272" in words_of(rasa.say("/ask_local_services", sender)[:-1]), "the island is remembered"


@pytest.mark.parametrize("need", NEEDS)
def test_a_contact_for_a_need(rasa: Rasa, need: str) -> None:
    assert NEEDS[need] in rasa.say(f'/ask_contacts{{"need":"{need}"}}')[0]["text"]


@pytest.mark.parametrize("island", ISLANDS)
def test_services_of_an_island(rasa: Rasa, island: str) -> None:
    said = rasa.say(f'/ask_local_services{{"island":"{island}"}}')[0]["text"]
    assert ISLANDS[island] in said
    assert "day and night" in said


def test_the_numbers_as_an_answer_are_said_once(rasa: Rasa) -> None:
    for payload in ("/ask_contacts", "/ask_human"):
        assert words_of(rasa.say(payload)).count("1-888-373-7888") == 1


@pytest.mark.parametrize("message", LANGUAGES)
def test_other_languages_get_words_and_referrals_of_their_own(rasa: Rasa, message: str) -> None:
    replies = rasa.say(message)
    assert replies[-1]["text"].startswith(LANGUAGES[message])
    assert "911" in replies[0]["text"]


def test_the_line_for_children_joins_when_a_minor_is_spoken_of(rasa: Rasa) -> None:
    assert "1-800-843-5678" in rasa.say("I am 15 years old")[-1]["text"]
    assert "1-800-843-5678" not in rasa.say("hello")[-1]["text"]


def all_payloads() -> list[str]:
    """The payload of every button in the words of the assistant, as it leaves Rasa, which halves the braces."""
    files = [*(ROOT / "data" / "responses").rglob("*.yml"), *(ROOT / "translations").rglob("*.yml")]
    variants = [
        variant
        for path in files
        for variants in yaml.safe_load(path.read_text("utf-8"))["responses"].values()
        for variant in variants
    ]
    written = {button["payload"] for variant in variants for button in variant.get("buttons", [])}
    return sorted(payload.replace("{{", "{").replace("}}", "}") for payload in written)


@pytest.mark.parametrize("payload", all_payloads())
def test_every_button_leads_to_an_answer(rasa: Rasa, payload: str) -> None:
    said = rasa.say(payload)
    assert words_of(said[:-1]) or "In danger, 911 comes first" in said[0]["text"]
    assert "went wrong" not in said[0]["text"]
    assert "not something I know about" not in said[0]["text"]


@pytest.mark.parametrize("text", ["My boss took my passport.", "hello", "", "/restart", "😀", "x" * 100_000, None, 7])
def test_what_is_understood_has_the_agreed_shape(rasa: Rasa, text: object) -> None:
    understood = rasa.parse(text)
    assert understood["intent"]["name"] in yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"]
    assert 0 <= understood["intent"]["confidence"] <= 1
    told = [entity["value"] for entity in understood["entities"] if entity["entity"] == "perspective"]
    found = [entity["value"] for entity in understood["entities"] if entity["entity"] == "indicator"]
    assert set(told) <= PERSPECTIVES
    assert set(found) <= set(signs().indicators)
    assert len(set(found)) == len(found)
    if understood["intent"]["name"].startswith(("indicator_", "disclose_", "report_", "immediate_danger")):
        assert len(told) == 1
    if understood["intent"]["name"].startswith("indicator_"):
        assert understood["intent"]["name"].removeprefix("indicator_") in found


def listening_addresses(port: int) -> set[str]:
    """The local addresses that listen on a port, as the kernel writes them."""
    lines = Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
    fields = [line.split() for line in lines]
    listening = [field[1].split(":") for field in fields if field[3] == "0A"]
    return {address for address, number in listening if int(number, 16) == port}


def test_the_server_listens_on_loopback_only(assistant: Assistant) -> None:
    assert assistant.rasa.request("/webhooks/rest/ready").json() == {"ready": True}
    assert listening_addresses(assistant.rasa.port) == {"0100007F"}


@pytest.fixture(scope="module")
def production(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    """The server for production, with an empty folder for its model."""
    server = start_rasa(logs / "production.log", "--production", ready=False, MODEL=tmp_path_factory.mktemp("none"))
    yield server
    server.stop()


def test_production_has_no_http_api(production: Rasa) -> None:
    for path in ("/model/parse", "/model", "/status", "/conversations/rest-a/tracker", "/domain"):
        assert production.request(path, b"{}").status == 404
        assert production.request(path).status == 404


@pytest.mark.parametrize("message", ["hello", "", "/greet", "/restart", {"a": [1]}])
def test_without_a_model_the_numbers_are_said(production: Rasa, message: object) -> None:
    assert production.request("/webhooks/rest/ready").status == 503
    assert len(production.say(message)) == 2, "a sentence that says that it failed, then the referrals"
    assert "no model that can be read: run `make train`" in production.output()


def test_an_unguarded_channel_is_refused(logs: Path, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials.yml"
    credentials.write_text("rest:\n")
    settings = {"PORT": free_port(), "ACTIONS_PORT": 9, "CREDENTIALS": credentials}
    server = Rasa(["addons.server"], logs / "unguarded.log", 9, **settings)
    try:
        assert server.process.wait(60) == 1
        assert "unguarded channel: RestInput" in server.output()
    finally:
        server.stop()

"""Turn 120 is answered like turn 1, and what is kept of a conversation stays small."""

import time
import uuid
from pathlib import Path
from statistics import median

from tests.e2e.conftest import Assistant
from tests.e2e.servers import start_rasa

TURNS = 120
MOST_EVENTS = 60
OF_ONE_TURN = 20
SAID = [
    "hello",
    '/indicator_isolation{"indicator":"isolation","perspective":"other"}',
    "My boss took my passport.",
    "/ask_contacts",
    "what about the police?",
    "/ask_human",
    "",
    "/ask_signs",
    "hola, necesito ayuda por favor",
    "/thank",
]


def test_a_long_conversation_stays_quick_and_small(assistant: Assistant, logs: Path, tmp_path: Path) -> None:
    report = tmp_path / "events.txt"
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(
        f"action_endpoint: {{url: 'http://127.0.0.1:{assistant.actions.port}/webhook'}}\n"
        "nlg: {type: addons.nlg.words.TranslatedWords}\n"
        "tracker_store:\n"
        "  type: tests.e2e.failing_parts.CountingTrackerStore\n"
        f"  report: {report}\n"
        f"  most_events: {MOST_EVENTS}\n"
    )
    rasa = start_rasa(logs / "long.log", ENDPOINTS=endpoints)
    try:
        sender, seconds = uuid.uuid4().hex, []
        rasa.say('/ask_local_services{"island":"st_croix"}', sender)
        for turn in range(TURNS):
            start = time.monotonic()
            replies = rasa.say(SAID[turn % len(SAID)], sender)
            seconds.append(time.monotonic() - start)
            assert "went wrong" not in replies[0]["text"]
        assert "340-773-9272" in rasa.say("/ask_local_services", sender)[0]["text"], "the island was forgotten"
    finally:
        rasa.stop()
    kept = [int(line) for line in report.read_text().split()]
    assert len(kept) == TURNS + 2
    assert max(kept) <= MOST_EVENTS + OF_ONE_TURN
    assert median(seconds[-20:]) < 5 * median(seconds[:20]), "turns grow slower"

"""A conversation lives in memory, for a while, and only its last part."""

from pathlib import Path

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from addons import stores
from addons.stores import ForgettingTrackerStore, memory

DOMAIN = Domain.from_file(str(Path(__file__).resolve().parents[1] / "domain.yml"))
START: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


class Clock:
    """A clock that tests turn."""

    now = 1000.0

    def monotonic(self) -> float:
        """The time, in seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The store's clock."""
    clock = Clock()
    monkeypatch.setattr(memory, "time", clock)
    return clock


def store(**settings: float) -> ForgettingTrackerStore:
    """A store as endpoints.yml makes it."""
    return ForgettingTrackerStore(DOMAIN, **settings)


def turn(number: int) -> list[Event]:
    """What one message and its answer leave behind."""
    said = UserUttered(f"message {number}", {"name": "greet", "confidence": 1.0})
    return [said, ActionExecuted("utter_greet"), ActionExecuted("action_listen")]


def conversation(sender: str, turns: int = 1, slots: tuple[tuple[str, object], ...] = ()) -> DialogueStateTracker:
    """A conversation of so many turns."""
    events = [*START, *(SlotSet(name, value) for name, value in slots)]
    for number in range(turns):
        events += turn(number)
    return DialogueStateTracker.from_events(sender, events, DOMAIN.slots, domain=DOMAIN)


async def test_a_conversation_is_found_again() -> None:
    kept = store()
    await kept.save(conversation("a", 3, (("island", "st_john"),)))
    found = await kept.retrieve("a")
    assert found.latest_message.text == "message 2"
    assert found.get_slot("island") == "st_john"
    assert await kept.retrieve("b") is None


async def test_it_is_forgotten_after_its_lifetime(clock: Clock) -> None:
    kept = store(lifetime_minutes=60)
    await kept.save(conversation("a"))
    clock.now += 59 * 60
    assert await kept.retrieve("a") is not None
    clock.now += 60
    assert await kept.retrieve("a") is None
    assert not kept.store
    assert not kept.used


async def test_another_senders_message_is_enough_to_forget(clock: Clock) -> None:
    kept = store(lifetime_minutes=1)
    await kept.save(conversation("a"))
    clock.now += 61
    await kept.save(conversation("b"))
    assert list(kept.store) == ["b"]


async def test_the_lifetime_counts_from_the_last_message(clock: Clock) -> None:
    kept = store(lifetime_minutes=1)
    await kept.save(conversation("a"))
    await kept.save(conversation("b"))
    clock.now += 40
    await kept.save(conversation("a", 2))
    clock.now += 40
    await kept.retrieve("b")
    assert list(kept.store) == ["a"]


async def test_the_number_of_conversations_is_bounded() -> None:
    kept = store(most_conversations=3)
    for number in range(20):
        await kept.save(conversation(f"sender {number}"))
    assert sorted(kept.store) == ["sender 17", "sender 18", "sender 19"]
    assert len(kept.used) == 3


async def test_a_conversation_can_be_forgotten_at_once() -> None:
    kept = store()
    await kept.save(conversation("a"))
    await kept.delete("a")
    await kept.delete("a")
    assert await kept.retrieve("a") is None
    assert not kept.used


async def test_a_long_conversation_keeps_what_it_knows() -> None:
    kept = store(most_events=20)
    slots = (("island", "st_croix"), ("perspective", "self"), ("indicators", ["grooming", "blackmail"]))
    await kept.save(conversation("a", 30, slots))
    found = await kept.retrieve("a")
    assert len(found.events) < 20
    assert {name: found.get_slot(name) for name, _ in slots} == dict(slots)
    assert found.latest_action_name == "action_listen"
    assert "message" not in kept.store["a"]


async def test_two_hundred_turns_cost_what_five_do() -> None:
    kept = store(most_events=30)
    tracker, longest = conversation("a"), 0
    for number in range(200):
        for event in turn(number):
            tracker.update(event, DOMAIN)
        await kept.save(tracker)
        tracker = await kept.retrieve("a")
        longest = max(longest, len(kept.store["a"]))
    assert len(tracker.events) <= 33
    assert longest < 40_000


@pytest.mark.parametrize("unfinished", [ActiveLoop("a_form"), ActionExecuted("utter_greet")])
async def test_an_unfinished_turn_is_not_cut(unfinished: Event) -> None:
    kept = store(most_events=5)
    tracker = conversation("a", 10)
    length = len(tracker.events) + 1
    tracker.update(unfinished, DOMAIN)
    await kept.save(tracker)
    assert len((await kept.retrieve_full_tracker("a")).events) == length


async def test_old_conversations_go_also_when_nobody_writes(clock: Clock) -> None:
    kept = store(lifetime_minutes=1)
    await kept.save(conversation("somebody"))
    clock.now += 61
    await stores.forget_old(FailSafeTrackerStore(kept))
    assert not kept.store

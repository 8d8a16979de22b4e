"""The store of one process: conversations in memory, for a while, and only their last part."""

import time
from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


class ForgettingTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store with a lifetime, a bound on senders and a bound on length.

    Settings in endpoints.yml: `lifetime_minutes` after the last message, `most_conversations`
    at once, `most_events` kept of one conversation; what a conversation knows (its slots)
    stays when its beginning is dropped, so turn 200 costs what turn 5 does.
    """

    def __init__(
        self,
        domain: Domain,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        lifetime_minutes: float = 60,
        most_conversations: int = 10_000,
        most_events: int = 60,
        **settings: Any,
    ) -> None:
        super().__init__(domain, event_broker, **settings)
        self.lifetime = float(lifetime_minutes) * 60
        self.most_conversations = int(most_conversations)
        self.most_events = int(most_events)
        self.used: OrderedDict[str, float] = OrderedDict()  # sender to last use, oldest first

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps a conversation, shortened if it is long, and forgets old ones."""
        await super().save(self.shorten(tracker))
        self.used[tracker.sender_id] = time.monotonic()
        self.used.move_to_end(tracker.sender_id)
        self.forget_old()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Reads a conversation unless its lifetime is over."""
        self.forget_old()
        return await super().retrieve(sender_id)

    async def delete(self, sender_id: str) -> None:
        """Forgets a conversation at once."""
        self.used.pop(sender_id, None)
        self.store.pop(sender_id, None)

    async def maintain(self) -> None:
        """Drops what is old; the server asks for it every minute."""
        self.forget_old()

    def forget_old(self) -> None:
        """Drops conversations past their lifetime, then the oldest above the bound."""
        now = time.monotonic()
        while self.used:
            sender, used = next(iter(self.used.items()))
            if now - used < self.lifetime and len(self.used) <= self.most_conversations:
                return
            self.used.popitem(last=False)
            self.store.pop(sender, None)

    def shorten(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """Replaces a long finished history by a new session that knows the same slots."""
        is_listening = tracker.latest_action_name == ACTION_LISTEN_NAME
        if len(tracker.events) <= self.most_events or tracker.active_loop_name or not is_listening:
            return tracker
        known = [
            SlotSet(slot.name, slot.value)
            for slot in tracker.slots.values()
            if slot.value != slot.initial_value and slot.name != "session_started_metadata"
        ]
        events = [
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            *known,
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
        return DialogueStateTracker.from_events(tracker.sender_id, events, tracker.slots.values(), domain=self.domain)

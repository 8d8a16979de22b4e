"""Forgetting one conversation, or all that are old, whichever store keeps them."""

import rasa.shared.utils.common
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints

from addons.stores.database import DatabaseTrackerStore
from addons.stores.locks import SharedLockStore
from addons.stores.memory import ForgettingTrackerStore
from conch.settings import SettingsError, StoreSettings

OURS = (DatabaseTrackerStore, ForgettingTrackerStore)


def stores_within(store: TrackerStore) -> list[TrackerStore]:
    """The stores that Rasa's wrappers hold."""
    wrapped = (getattr(store, name, None) for name in ("_tracker_store", "_fallback_tracker_store"))
    return [within for within in wrapped if within is not None]


async def forget_old(store: TrackerStore) -> None:
    """Drops what is past its lifetime also when nobody writes."""
    if isinstance(store, OURS):
        await store.maintain()
    for within in stores_within(store):
        await forget_old(within)


async def forget(store: TrackerStore, sender_id: str) -> None:
    """Deletes a conversation from a store, or from the stores that Rasa's wrappers hold."""
    wrapped = stores_within(store)
    if isinstance(store, OURS):
        await store.delete(sender_id)
    elif isinstance(store, InMemoryTrackerStore):
        store.store.pop(sender_id, None)
    elif not wrapped:
        raise NotImplementedError(f"{type(store).__name__} cannot delete one conversation")
    for within in wrapped:
        await forget(within, sender_id)


def check_stores(endpoints: AvailableEndpoints, settings: StoreSettings) -> None:
    """Refuses a tracker store that keeps what people write or cannot forget one of them, and one without its server.

    Rasa's own databases do both; and where Rasa does not find a class it silently takes its
    in-memory store, which never forgets.
    """
    store, locks = endpoints.tracker_store, endpoints.lock_store
    if locks is not None and str(locks.type).endswith(f".{SharedLockStore.__name__}"):
        settings.with_redis()
    if store is None or store.type is None:
        return
    try:
        found = rasa.shared.utils.common.class_from_module_path(store.type)
    except (ImportError, AttributeError, ValueError):
        found = None
    if found is None or not issubclass(found, (*OURS, InMemoryTrackerStore)):
        raise SettingsError(
            f"ENDPOINTS: tracker_store: type: {store.type} is unknown, or keeps what people write. Use "
            "addons.stores.ForgettingTrackerStore (memory) or addons.stores.DatabaseTrackerStore (PostgreSQL)"
        )
    if issubclass(found, DatabaseTrackerStore):
        settings.with_database()

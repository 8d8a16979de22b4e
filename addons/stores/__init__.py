"""Where conversations are kept: in memory for one process, in PostgreSQL for several.

What several processes share besides (whose turn it is, what was seen, who writes too often) is in Redis.
"""

from addons.stores.database import DatabaseTrackerStore
from addons.stores.forgetting import check_stores, forget, forget_old
from addons.stores.locks import SharedLockStore
from addons.stores.memory import ForgettingTrackerStore

__all__ = [
    "DatabaseTrackerStore",
    "ForgettingTrackerStore",
    "SharedLockStore",
    "check_stores",
    "forget",
    "forget_old",
]

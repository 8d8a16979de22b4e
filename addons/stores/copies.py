"""Copies of conversations in memory, to go on from while the database is away; bounded in number and time."""

import time
from collections import OrderedDict
from dataclasses import dataclass


@dataclass
class Copy:
    """The state of one conversation, and the last one that the database is known to have."""

    state: str
    version: int
    base: str
    saved: int  # the version of `base`; 0 if the database has none
    used: float = 0.0

    @property
    def is_saved(self) -> bool:
        """Whether the database has this version."""
        return self.saved == self.version


class Copies:
    """The newest `most` copies that were used within `lifetime` seconds."""

    def __init__(self, most: int, lifetime: float) -> None:
        self.most, self.lifetime = most, lifetime
        self.by_key: OrderedDict[str, Copy] = OrderedDict()  # oldest first

    def __len__(self) -> int:
        return len(self.by_key)

    def get(self, key: str) -> Copy | None:
        """The copy of a conversation, unless its lifetime is over."""
        self.forget_old()
        return self.by_key.get(key)

    def put(self, key: str, copy: Copy) -> None:
        """Keeps a copy, used now."""
        copy.used = time.monotonic()
        self.by_key[key] = copy
        self.by_key.move_to_end(key)
        self.forget_old()

    def drop(self, key: str) -> None:
        """Forgets a copy."""
        self.by_key.pop(key, None)

    def unsaved(self) -> list[tuple[str, Copy]]:
        """What the database does not have yet, oldest first."""
        return [(key, copy) for key, copy in self.by_key.items() if not copy.is_saved]

    def forget_old(self) -> None:
        """Drops copies past their lifetime, then the oldest above the bound."""
        now = time.monotonic()
        while self.by_key:
            key, copy = next(iter(self.by_key.items()))
            if now - copy.used < self.lifetime and len(self.by_key) <= self.most:
                return
            del self.by_key[key]

"""How often somebody may write: a bound for each key, in memory, forgotten as soon as it is free."""

import time
from collections import OrderedDict

MOST_KEYS = 20_000


class Limit:
    """Lets `burst` messages through at once and then one every `seconds`.

    For each key it keeps one time: when its burst will be whole again. A key whose time has
    come is forgotten, so nothing is held of somebody who stopped writing.
    """

    def __init__(self, burst: int, seconds: float, most_keys: int = MOST_KEYS) -> None:
        self.longest = (burst - 1) * seconds
        self.seconds = seconds
        self.most_keys = most_keys
        self.whole_again: OrderedDict[str, float] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Counts one message of a key and tells whether it may pass."""
        now = time.monotonic()
        self._forget(now)
        ready = max(self.whole_again.get(key, now), now)
        if ready - now > self.longest:
            return False
        self.whole_again[key] = ready + self.seconds
        self.whole_again.move_to_end(key)
        return True

    def _forget(self, now: float) -> None:
        while self.whole_again:
            key, ready = next(iter(self.whole_again.items()))
            if ready > now and len(self.whole_again) < self.most_keys:
                return
            del self.whole_again[key]

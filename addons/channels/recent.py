"""What was seen lately, in memory that is bounded."""

import time
from collections import OrderedDict
from collections.abc import Callable


class Recent:
    """Keys that were added within the last `seconds`, the newest `most` of them."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds, self.clock = most, seconds, clock
        self.added: OrderedDict[str, float] = OrderedDict()  # key to when, oldest first

    def __contains__(self, key: str) -> bool:
        then = self.added.get(key)
        return then is not None and self.clock() - then < self.seconds

    def add(self, key: str) -> None:
        """Remembers a key from now on, and forgets what is old."""
        now = self.clock()
        self.added.pop(key, None)
        self.added[key] = now
        while len(self.added) > self.most or now - next(iter(self.added.values())) >= self.seconds:
            self.added.popitem(last=False)

    def is_new(self, key: str) -> bool:
        """Tells whether a key was unknown, and remembers it from its first sight on."""
        if key in self:
            return False
        self.add(key)
        return True

    def forget(self, key: str) -> None:
        """Makes a key unknown again."""
        self.added.pop(key, None)

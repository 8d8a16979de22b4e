"""What was seen lately, in memory that is bounded."""

import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, auto

from addons.stores.outside import Away
from addons.stores.shared import SharedMemory, shared_memory


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


# KEYS: a key. Whether it was added (1) or forgotten (0), if Redis knows, and for how many milliseconds yet.
LOOK = "return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}"
ADDED, FORGOTTEN, CLAIMED = b"1", b"0", b"2"
# KEYS: a key. ARGV: for how many milliseconds it is claimed if Redis does not know it. What Redis knew.
CLAIM = """
local known = redis.call('GET', KEYS[1])
if not known then redis.call('SET', KEYS[1], '2', 'PX', ARGV[1]) end
return known
"""


class Claim(Enum):
    """Whose work a key is: this process's from now on, nobody's any more, or another process's that may have ended."""

    OURS = auto()
    DONE = auto()
    ELSEWHERE = auto()


class SharedRecent(Recent):
    """What any process saw lately where there is a Redis; what this one saw otherwise, and while Redis is away.

    The methods with `anywhere` ask Redis and correct this process's memory by what it says; those of
    Recent look at this process's memory only. What Redis does not know, as when it was started anew,
    this process may still.
    """

    def __init__(self, purpose: str, most: int, seconds: float, memory: SharedMemory | None = None) -> None:
        super().__init__(most, seconds)
        self.purpose = purpose
        self.memory = memory or shared_memory()
        self.look = self.memory.script(LOOK) if self.memory else None
        self.claim = self.memory.script(CLAIM) if self.memory else None

    async def is_anywhere(self, key: str) -> bool:
        """Whether a key was added, here or in another process."""
        if self.memory is not None:
            try:
                known, left = await self.memory.ask(self.look, keys=[self.memory.key(self.purpose, key)])
            except Away:
                return key in self
            if known == ADDED and key not in self:
                self.add(key)
                self.added[key] -= self.seconds - left / 1000
            elif known == FORGOTTEN:
                self.forget(key)
        return key in self

    async def claim_anywhere(self, key: str, seconds: float) -> Claim:
        """Takes on the work for a key; `add_anywhere` tells that it is done, else it is free after some seconds."""
        if not self.is_new(key):
            return Claim.DONE  # or under way here, which ends with this process
        if self.memory is None:
            return Claim.OURS
        name, milliseconds = self.memory.key(self.purpose, key), int(seconds * 1000)
        try:
            known = await self.memory.ask(self.claim, keys=[name], args=[milliseconds])
        except Away:
            return Claim.OURS
        if known == CLAIMED:
            self.forget(key)
            return Claim.ELSEWHERE
        return Claim.DONE if known == ADDED else Claim.OURS

    async def is_new_anywhere(self, key: str) -> bool:
        """Tells whether a key was unknown everywhere, and remembers it from its first sight on."""
        return self.is_new(key) and await self._set(key, ADDED, nx=True)

    async def add_anywhere(self, key: str) -> None:
        """Remembers a key from now on."""
        self.add(key)
        await self._set(key, ADDED)

    async def forget_anywhere(self, key: str) -> None:
        """Makes a key unknown again; for keys that `is_anywhere` looks for."""
        self.forget(key)
        await self._set(key, FORGOTTEN)

    async def _set(self, key: str, value: bytes, nx: bool = False) -> bool:
        """Tells Redis; whether it did not know the key if that was asked, and True if there is no telling."""
        if self.memory is None:
            return True
        name, milliseconds = self.memory.key(self.purpose, key), max(int(self.seconds * 1000), 1)
        try:
            return bool(await self.memory.ask(self.memory.client.set, name, value, px=milliseconds, nx=nx))
        except Away:
            return True

"""How often somebody may write: a bound for each key, forgotten as soon as it is free."""

import time
from collections import OrderedDict

from addons.stores.outside import Away
from addons.stores.shared import SharedMemory, shared_memory

MOST_KEYS = 20_000

# KEYS: when a burst will be whole again. ARGV: milliseconds a message costs, and of the longest debt.
ALLOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local ready = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
if ready - now > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ready + ARGV[1], 'PX', ready + ARGV[1] - now)
return 1
"""


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


class SharedLimit:
    """A limit over all processes where there is a Redis; over this process otherwise, and while Redis is away."""

    def __init__(self, purpose: str, burst: int, seconds: float, memory: SharedMemory | None = None) -> None:
        self.purpose = purpose
        self.here = Limit(burst, seconds)
        self.memory = memory or shared_memory()
        self.script = self.memory.script(ALLOW) if self.memory else None

    async def allows(self, key: str) -> bool:
        """Counts one message of a key and tells whether it may pass; what is too much here, Redis is not asked."""
        if not self.here.allows(key):
            return False
        if self.memory is None:
            return True
        costs = [int(self.here.seconds * 1000), int(self.here.longest * 1000)]
        try:
            return bool(await self.memory.ask(self.script, keys=[self.memory.key(self.purpose, key)], args=costs))
        except Away:
            return True

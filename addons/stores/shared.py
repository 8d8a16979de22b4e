"""Redis, where several processes share what they must agree on; without REDIS_URL there is none."""

from functools import lru_cache
from typing import Any

import redis
from redis.commands.core import Script

from addons.stores.outside import Outside
from conch.settings import StoreSettings

LIMIT = 1.0  # seconds for connecting, and for each answer
CONNECTIONS = 8


class SharedMemory:
    """Asks Redis within limits; what fails is Away, and the caller goes on with its own memory.

    Keys are `conch:<purpose>:{<keyed hash>}`, the braces so that a cluster keeps a person's keys
    together. Every key expires, and no value holds a word.
    """

    def __init__(self, settings: StoreSettings, limit: float = LIMIT) -> None:
        self.settings = settings
        self.outside = Outside("Redis", limit, CONNECTIONS)
        pool = redis.BlockingConnectionPool.from_url(
            settings.redis_url,
            max_connections=CONNECTIONS,
            timeout=limit,
            socket_timeout=limit,
            socket_connect_timeout=limit,
        )
        self.client = redis.Redis(connection_pool=pool)

    def key(self, purpose: str, name: str) -> str:
        """The key under which something is known of a person."""
        return f"conch:{purpose}:{{{self.settings.keyed(name)}}}"

    def script(self, text: str) -> Script:
        """A script that Redis runs as one step; sent again if Redis was started anew."""
        return self.client.register_script(text)

    async def ask(self, command: Any, *arguments: Any, **settings: Any) -> Any:
        """Runs a command of the client, or a script; raises Away."""
        return await self.outside.ask(command, *arguments, **settings)


@lru_cache(maxsize=1)
def shared_memory() -> SharedMemory | None:
    """The Redis of REDIS_URL, one for the process."""
    settings = StoreSettings.from_environment()
    return SharedMemory(settings) if settings.redis_url else None

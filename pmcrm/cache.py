"""The cache in Redis, asked several times a page."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class KeptClient(RedisCacheClient):
    """Keeps redis-py's client, which Django makes anew for each question; making one takes as long as asking."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = cache(super().get_client)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:  # noqa: ARG002  Django's signature
        return self._kept(write=write)


class KeptRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

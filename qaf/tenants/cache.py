"""The cache, which nobody may wait for: signing in must work when Redis does not."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)


class SteadyRedisCache(RedisCache):
    """Redis, and while it does not answer the memory of this process.

    What the cache holds may be lost at any moment, so nothing but speed depends on it, and the limits on
    guessing passwords: those go on counting, in each process for itself.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._meanwhile = LocMemCache("steady", {**params, "OPTIONS": {}})


def _steady(name: str) -> Callable[..., Any]:
    def method(self: SteadyRedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisConnectionError, RedisTimeoutError) as error:
            logger.warning("the cache does without Redis: %s", type(error).__name__)
            return getattr(self._meanwhile, name)(*args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear",
):  # fmt: skip
    setattr(SteadyRedisCache, _name, _steady(_name))

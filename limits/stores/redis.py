"""Purses in Redis: what a service with several processes uses, since each try is one way there and back."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError  # noqa: A004  # Redis's own, which is no OSError
from redis.retry import Retry

from limits.budget import Purse
from limits.stores import OutOfReach

T = TypeVar("T")

# A Redis that hangs must hold up nobody for long, and not each of them again.
PATIENCE = 1.0  # seconds
PAUSE = 5.0  # seconds
_PREFIX = "nsmaas:limits:"

# `Purse.wait` and `Purse.after`. A script runs alone, so two at once are two. Lua would write such numbers as 1.7e+12.
_SPEND = """
local now, longest = tonumber(ARGV[1]), 0
local function number(i, which) return tonumber(ARGV[1 + (i - 1) * 3 + which]) end
for i, key in ipairs(KEYS) do
  local full, latest, absurd = tonumber(redis.call('GET', key) or 0), number(i, 2), number(i, 3)
  if full <= absurd and full - latest > longest then longest = full - latest end
end
if longest > 0 then return longest end
for i, key in ipairs(KEYS) do
  local full, refill, absurd = tonumber(redis.call('GET', key) or 0), number(i, 1), number(i, 3)
  if full < now or full > absurd then full = now end
  redis.call('SET', key, string.format('%.0f', full + refill), 'PX', string.format('%.0f', full + refill - now))
end
return 0
"""
# Only what is still there: a counter that DECRBY made would have no end.
_GIVE_BACK = """
for i, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then redis.call('DECRBY', key, ARGV[i]) end
end
"""


class RedisStore:
    """Raises OutOfReach, for some seconds after a failure at once. Purses that are full again leave by themselves."""

    def __init__(self, url: str) -> None:
        self.redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            # Once more, for a connection that an earlier Redis has left behind, but not after a silence.
            retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
            decode_responses=True,
        )
        self._spend = self.redis.register_script(_SPEND)
        self._give_back = self.redis.register_script(_GIVE_BACK)
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def spend(self, purses: Sequence[Purse], now: int) -> int:
        arguments = [now]
        for purse in purses:
            arguments += [purse.refill, purse.latest(now), purse.absurd(now)]
        return int(self._ask(lambda: self._spend(_keys(purses), arguments)))

    def give_back(self, purses: Sequence[Purse]) -> None:
        self._ask(lambda: self._give_back(_keys(purses), [purse.refill for purse in purses]))

    def eviction(self) -> str:
        """What Redis does when its memory is full: only `noeviction` forgets nothing."""
        memory: Any = self._ask(lambda: self.redis.info("memory"))
        return str(memory.get("maxmemory_policy", ""))

    def _ask(self, question: Callable[[], T]) -> T:
        with self._lock:
            if time.monotonic() < self._closed_until:
                raise OutOfReach
        try:
            return question()
        except RedisError as error:
            with self._lock:
                self._closed_until = time.monotonic() + PAUSE
            raise OutOfReach(type(error).__name__) from None


def _keys(purses: Sequence[Purse]) -> list[str]:
    return [_PREFIX + purse.key for purse in purses]

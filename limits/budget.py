"""Budgets: how many tries at once, and how long until there is one more.

A purse is one number: the moment at which it is full again. Each try moves that moment on by `refill`, and is allowed
as long as the moment lies at most `burst` refills ahead. This is the "generic cell rate algorithm" (ITU-T I.371,
annex A). Nothing starts again at a full hour, so no hour of the clock holds twice what it should; and one number can be
changed in one step, by two at once too.
"""

from dataclasses import dataclass, replace

from django.utils.crypto import salted_hmac

# A purse that would be full again so much later than an empty one was written by a clock that was wrong: it counts as
# full. Less than that may come from two hosts whose clocks differ.
_ABSURD = 3_600_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Budget:
    """`refill` is in seconds. `in_need` is the burst while the counters are out of reach and others begin to count."""

    name: str
    burst: int
    refill: int
    in_need: int | None = None

    def of(self, *whose: str) -> "Purse":
        """Of a person, a network, a browser: disguised, since addresses of people do not belong among counters."""
        named = "\0".join(whose).encode("utf-8", "surrogatepass")
        digest = salted_hmac("limits.budget", named, algorithm="sha256").hexdigest()[:32]
        return Purse(f"{self.name}:{digest}", self.burst, self.refill * 1000, self.in_need)


@dataclass(frozen=True, slots=True)
class Purse:
    """All times are whole milliseconds."""

    key: str
    burst: int
    refill: int
    in_need: int | None = None

    def as_in_need(self) -> "Purse":
        return self if self.in_need is None else replace(self, burst=self.in_need)

    def latest(self, now: int) -> int:
        """Up to this moment there is one left."""
        return now + (self.burst - 1) * self.refill

    def absurd(self, now: int) -> int:
        return now + self.burst * self.refill + _ABSURD

    def wait(self, full_at: int, now: int) -> int:
        """Zero if there is one left."""
        return 0 if full_at > self.absurd(now) else max(0, full_at - self.latest(now))

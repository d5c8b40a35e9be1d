"""What is known of the whole service at one moment. No name of a customer, a person or a sensor is among it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """`oldest` is how long the oldest has waited, in seconds: 0 where none waits."""

    count: int
    oldest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayFacts:
    """One that serves. None is "not known": it has never reported, or has no certificate."""

    name: str
    report_age: float | None  # seconds
    generation_lag: int
    problems: int
    unanswered: int  # questions about sessions within the last minute
    certificate_ends: datetime | None


@dataclass(frozen=True, slots=True)
class Verification:
    """The last time that all chains of the audit trail were recomputed."""

    finished_at: datetime
    broken_chains: int


@dataclass(frozen=True, slots=True)
class RevocationList:
    """The newest of the authority that issues now."""

    made_at: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    at: datetime
    sensors: Mapping[str, int]  # by state
    # Of those in service. "unknown": their gateway has stopped reporting or is revoked, and nothing newer is known.
    tunnels: Mapping[str, int]
    quiet: int  # whose tunnel is up, and that have told nothing of themselves for a quarter of an hour
    held: Mapping[str, int]  # by the reason of the last decision on their key
    open_cases: int
    unconfirmed_cases: Waiting
    gateways: tuple[GatewayFacts, ...]
    revoked_gateways: int
    mails: Waiting
    failed_mails: int  # of those that wait
    certificate_requests: Waiting
    authority_ends: datetime | None
    revocation_list: RevocationList | None
    verification: Verification | None
    # The end of the certificate that each door shows; None for one that does not answer.
    doors: Mapping[str, datetime | None]

"""Could a box be cut off at this moment, and how soon would that be proven? Pure.

Known before it is needed: who learns only after the theft that the gateway is silent has lost the time to mend it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sensors.states import REPORTABLE, SensorState


class Ready(StrEnum):
    """`LATER`: the key is withheld at once; that the tunnel is gone is proven only when the gateway tells of it."""

    AT_ONCE = "at-once"
    LATER = "later"
    DONE = "done"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Readiness:
    ready: Ready
    label: str
    reason: str
    since: datetime | None = None


def readiness(
    *,
    state: SensorState,
    gateway: str,
    gateway_revoked_at: datetime | None,
    last_report_at: datetime | None,
    gateway_is_silent: bool,
    has_problems: bool,
) -> Readiness:
    """`last_report_at` is None for a gateway that was never heard of; `has_problems`: its agent could not do all."""
    if state in {SensorState.REPORTED, SensorState.CUT_OFF}:
        return Readiness(Ready.DONE, "Reported already", "It is cut off, or being cut off.")
    if state not in REPORTABLE:
        return Readiness(Ready.NO, "No", "It is out of service: there is nothing left to cut off.")
    if state is not SensorState.IN_SERVICE:
        return Readiness(Ready.AT_ONCE, "Yes, at once", "It has no tunnel. Its enrolment code would become worthless.")
    if gateway_revoked_at:
        words = f"Gateway {gateway} is revoked, so nobody proves that a tunnel there is gone. The key is withheld."
        return Readiness(Ready.LATER, "Yes, but not proven at once", words, gateway_revoked_at)
    if last_report_at is None or gateway_is_silent:
        words = (
            f"Gateway {gateway} has stopped reporting. The key would be withheld at once; that the tunnel is gone is "
            "proven when the gateway is back. Tell your provider now."
        )
        return Readiness(Ready.LATER, "Yes, but not proven at once", words, last_report_at)
    if has_problems:
        words = (
            f"Gateway {gateway} has told of a problem. The key would be withheld at once; the tunnel may take longer. "
            "Your provider is told of such problems."
        )
        return Readiness(Ready.LATER, "Yes, but not proven at once", words, last_report_at)
    return Readiness(Ready.AT_ONCE, "Yes, at once", f"Gateway {gateway} is there and listens.", last_report_at)

"""Could a box be cut off at this moment, and how soon would that be proven? Pure.

Known before it is needed: who learns only after the theft that the gateway is silent has lost the time to mend it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

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
    is_behind: bool,
) -> Readiness:
    """`last_report_at` is None for a gateway that was never heard of; `has_problems`: its agent could not do all;
    `is_behind`: it reports, but has not told that it has done what was last wanted of it.
    """
    if state in {SensorState.REPORTED, SensorState.CUT_OFF}:
        return Readiness(Ready.DONE, _("Reported already"), _("It is cut off, or being cut off."))
    if state not in REPORTABLE:
        return Readiness(Ready.NO, _("No"), _("It is out of service: there is nothing left to cut off."))
    if state is not SensorState.IN_SERVICE:
        return Readiness(
            Ready.AT_ONCE, _("Yes, at once"), _("It has no tunnel. Its enrolment code would become worthless.")
        )
    if gateway_revoked_at:
        words = _("Gateway %(gateway)s is revoked, so nobody proves that a tunnel there is gone. The key is withheld.")
        return _later(words, gateway, gateway_revoked_at)
    if last_report_at is None or gateway_is_silent:
        words = _(
            "Gateway %(gateway)s has stopped reporting. The key would be withheld at once; that the tunnel is gone is "
            "proven when the gateway is back. Tell your provider now."
        )
        return _later(words, gateway, last_report_at)
    if has_problems:
        words = _(
            "Gateway %(gateway)s has told of a problem. The key would be withheld at once; the tunnel may take longer. "
            "Your provider is told of such problems."
        )
        return _later(words, gateway, last_report_at)
    if is_behind:
        words = _(
            "Gateway %(gateway)s has not done yet what was last wanted of it. The key would be withheld at once; the "
            "tunnel may take longer."
        )
        return _later(words, gateway, last_report_at)
    words = _("Gateway %(gateway)s is there and listens.") % {"gateway": gateway}
    return Readiness(Ready.AT_ONCE, _("Yes, at once"), words, last_report_at)


def _later(words: str, gateway: str, since: datetime | None) -> Readiness:
    return Readiness(Ready.LATER, _("Yes, but not proven at once"), words % {"gateway": gateway}, since)

"""What a page says of a sensor: the state with its reason, from observed facts only. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from sensors.states import READABLE, DiskState, SensorState


class Status(StrEnum):
    """The values are style names, too."""

    OK = "ok"
    WARNING = "warning"
    PENDING = "pending"
    CUTTING = "cutting"
    CUT = "cut"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class LiveStatus:
    status: Status
    label: str
    reason: str
    since: datetime | None = None


def live_status(
    *,
    state: SensorState,
    connected_since: datetime | None,
    public_address: str,
    last_ended: datetime | None,
    gateway_silent_since: datetime | None,
    gateway_revoked: bool,
    disk: str,
    elsewhere: bool,
) -> LiveStatus:
    """`gateway_silent_since` is set when its gateway has stopped reporting or was revoked: nothing newer is known.

    `disk` is one of `DiskState` as the box has told since its tunnel came up, otherwise empty.
    `elsewhere`: its public address is outside the site's expected networks, as that of a stolen box would be.
    """
    if state is SensorState.CUT_OFF:
        return LiveStatus(Status.CUT, _("Cut off"), _("Key withheld, certificate revoked, tunnel gone."))
    if state is SensorState.REPORTED:
        return LiveStatus(
            Status.CUTTING, _("Being cut off"), _("The key is withheld. Waiting for the gateway to confirm.")
        )
    if state is SensorState.RETIRED:
        return LiveStatus(Status.OFF, _("Retired"), _("Out of service for good."))
    if state is SensorState.REGISTERED:
        return LiveStatus(Status.PENDING, _("Not enrolled"), _("Waiting for the box to enrol with its one-time code."))
    if state is SensorState.RETURNED:
        return LiveStatus(
            Status.PENDING, _("Given back"), _("Waiting for the box to enrol again with a one-time code.")
        )
    if gateway_revoked:
        words = _("Its gateway is revoked: what that says of tunnels counts no more.")
        return LiveStatus(Status.WARNING, _("Not known"), words, gateway_silent_since)
    if gateway_silent_since:
        return LiveStatus(Status.WARNING, _("Not known"), _("Its gateway has stopped reporting."), gateway_silent_since)
    if connected_since is None:
        return LiveStatus(Status.WARNING, _("Not connected"), _("Its tunnel is down."), last_ended)
    seen = {"address": public_address}
    if elsewhere:
        words = _("From %(address)s, where this site's boxes are not expected.") % seen
        if disk not in READABLE:
            words += " " + _("It gets no disk key from there.")
        return LiveStatus(Status.WARNING, _("Not where expected"), words, connected_since)
    if disk in READABLE:
        return LiveStatus(
            Status.OK, _("Connected"), _("From %(address)s, disk %(disk)s.") % (seen | {"disk": disk}), connected_since
        )
    if disk == DiskState.ABSENT:
        words = _("From %(address)s. The box does not find its disk: unplugged, broken, or never formatted.") % seen
        return LiveStatus(Status.WARNING, _("Connected, disk absent"), words, connected_since)
    if not disk:
        words = _("From %(address)s. The box has not said how its disk is since its tunnel came up.") % seen
        return LiveStatus(Status.PENDING, _("Connected, disk not known"), words, connected_since)
    return LiveStatus(Status.PENDING, _("Connected, disk locked"), _("From %(address)s.") % seen, connected_since)

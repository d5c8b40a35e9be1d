"""What a page says of a sensor: the state with its reason, from observed facts only. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
        return LiveStatus(Status.CUT, "Cut off", "Key withheld, certificate revoked, tunnel gone.")
    if state is SensorState.REPORTED:
        return LiveStatus(Status.CUTTING, "Being cut off", "The key is withheld. Waiting for the gateway to confirm.")
    if state is SensorState.RETIRED:
        return LiveStatus(Status.OFF, "Retired", "Out of service for good.")
    if state is SensorState.REGISTERED:
        return LiveStatus(Status.PENDING, "Not enrolled", "Waiting for the box to enrol with its one-time code.")
    if state is SensorState.RETURNED:
        return LiveStatus(Status.PENDING, "Given back", "Waiting for the box to enrol again with a one-time code.")
    if gateway_revoked:
        words = "Its gateway is revoked: what that says of tunnels counts no more."
        return LiveStatus(Status.WARNING, "Not known", words, gateway_silent_since)
    if gateway_silent_since:
        return LiveStatus(Status.WARNING, "Not known", "Its gateway has stopped reporting.", gateway_silent_since)
    if connected_since is None:
        return LiveStatus(Status.WARNING, "Not connected", "Its tunnel is down.", last_ended)
    if elsewhere:
        words = f"From {public_address}, where this site's boxes are not expected."
        if disk not in READABLE:
            words += " It gets no disk key from there."
        return LiveStatus(Status.WARNING, "Not where expected", words, connected_since)
    if disk in READABLE:
        return LiveStatus(Status.OK, "Connected", f"From {public_address}, disk {disk}.", connected_since)
    if disk == DiskState.ABSENT:
        words = f"From {public_address}. The box does not find its disk: unplugged, broken, or never formatted."
        return LiveStatus(Status.WARNING, "Connected, disk absent", words, connected_since)
    if not disk:
        words = f"From {public_address}. The box has not said how its disk is since its tunnel came up."
        return LiveStatus(Status.PENDING, "Connected, disk not known", words, connected_since)
    return LiveStatus(Status.PENDING, "Connected, disk locked", f"From {public_address}.", connected_since)

"""Rows into what the templates show."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from sensors.fleet.cut_off_readiness import Readiness, readiness
from sensors.fleet.live_status import LiveStatus, live_status
from sensors.fleet.queries import REPORTED_LATE
from sensors.models import Case, Sensor, SensorContact, Session
from sensors.states import REPORTABLE, SensorState


@dataclass(frozen=True, slots=True)
class SensorCard:
    sensor: Sensor
    status: LiveStatus
    session: Session | None
    case: Case | None
    can_be_reported: bool
    elsewhere: bool  # its public address is none of the site's
    gateway_silent_since: datetime | None
    # One of `DiskState`; empty when it is not known.
    disk: str
    readiness: Readiness  # to be cut off


def sensor_card(sensor: Sensor, *, last_ended: datetime | None = None) -> SensorCard:
    """`sensor` comes from `queries.with_live_state`."""
    sessions: list[Session] = sensor.current_sessions  # type: ignore[attr-defined]  # set by the query
    cases: list[Case] = sensor.open_cases  # type: ignore[attr-defined]  # set by the query
    session = sessions[0] if sessions else None
    contact = getattr(sensor, "contact", None)
    gateway_contact = getattr(sensor.gateway, "contact", None)
    silent = gateway_contact is not None and gateway_contact.is_silent(timezone.now())
    revoked_at = sensor.gateway.revoked_at
    silent_since = revoked_at or (gateway_contact.last_report_at if gateway_contact and silent else None)
    disk = "" if silent_since else _disk(contact, session)
    elsewhere = session is not None and not sensor.site.expects(ipaddress.ip_address(session.public_address))
    status = live_status(
        state=SensorState(sensor.state),
        connected_since=session.since if session else None,
        public_address=session.public_address if session else "",
        last_ended=last_ended,
        gateway_silent_since=silent_since,
        gateway_revoked=revoked_at is not None,
        disk=disk,
        elsewhere=elsewhere,
    )
    return SensorCard(
        sensor=sensor,
        status=status,
        session=session,
        case=cases[0] if cases else None,
        can_be_reported=not cases and sensor.state in REPORTABLE,
        elsewhere=elsewhere,
        gateway_silent_since=silent_since,
        disk=disk,
        readiness=readiness(
            state=SensorState(sensor.state),
            gateway=sensor.gateway.name,
            gateway_revoked_at=revoked_at,
            last_report_at=gateway_contact.last_report_at if gateway_contact else None,
            gateway_is_silent=silent,
            has_problems=bool(gateway_contact and gateway_contact.problems),
            is_behind=gateway_contact is not None and gateway_contact.observed_generation < sensor.gateway.generation,
        ),
    )


def _disk(contact: SensorContact | None, session: Session | None) -> str:
    """As it was told since the tunnel came up: an older word may be of a boot after which the disk was closed.

    Without a session there is nobody to have told anything newer.
    """
    if contact is None or contact.last_heartbeat_at is None or session is None:
        return ""
    return contact.disk if contact.last_heartbeat_at >= session.noted_at - REPORTED_LATE else ""

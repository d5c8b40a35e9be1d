"""Rows into what the templates show."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from sensors.live_status import LiveStatus, live_status
from sensors.models import Case, Sensor, Session
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


def sensor_card(sensor: Sensor, *, last_ended: datetime | None = None) -> SensorCard:
    """`sensor` comes from `queries.with_live_state`."""
    sessions: list[Session] = sensor.current_sessions  # type: ignore[attr-defined]  # set by the query
    cases: list[Case] = sensor.open_cases  # type: ignore[attr-defined]  # set by the query
    session = sessions[0] if sessions else None
    contact = getattr(sensor, "contact", None)
    gateway_contact = getattr(sensor.gateway, "contact", None)
    silent = gateway_contact is not None and gateway_contact.is_silent(timezone.now())
    silent_since = gateway_contact.last_report_at if gateway_contact and silent else None
    elsewhere = session is not None and not sensor.site.expects(ipaddress.ip_address(session.public_address))
    status = live_status(
        state=SensorState(sensor.state),
        connected_since=session.since if session else None,
        public_address=session.public_address if session else "",
        last_ended=last_ended,
        gateway_silent_since=silent_since,
        disk=contact.disk if contact else "",
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
    )

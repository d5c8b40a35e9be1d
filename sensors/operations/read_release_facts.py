"""What the decision about a disk key needs to know: the sensor's row locked, then everything read in one statement."""

import ipaddress
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, FilteredRelation, Q, QuerySet

from database.repeated import RepeatedQuery
from pki.models import Certificate, Revocation
from sensors.models import Sensor
from sensors.models.gateway import is_silent
from sensors.operations.lock_sensor import lock_row
from sensors.release_decision import Facts
from sensors.states import SensorState
from tenants.models import Customer
from tenants.networks import is_in_networks


class Known(NamedTuple):
    """The columns of one row; None where there is none of that kind."""

    subject: str
    state: str
    address: str
    customer_id: UUID
    expected_networks: list[str]
    case_id: UUID | None
    certificate_revoked: bool
    session_address: str | None
    session_public_address: str | None
    gateway_last_reported_at: datetime | None

    @property
    def customer(self) -> Customer:
        """Its key only; what else is asked of it is read when it is asked."""
        return Customer.from_db(DEFAULT_DB_ALIAS, ["id"], [self.customer_id])

    def public_address(self, now: datetime) -> str | None:
        """From where the tunnel comes, if its gateway has reported of late: a silent one's last word may not hold."""
        if self.gateway_last_reported_at is None or is_silent(self.gateway_last_reported_at, now):
            return None
        return self.session_public_address

    def is_elsewhere(self, now: datetime) -> bool:
        """Whether it is known to be where its site's boxes are not expected."""
        public = self.public_address(now)
        return public is not None and not self._is_expected(public)

    def facts(self, certificate: Certificate, source: str, now: datetime, *, permitted_once: bool) -> Facts:
        """`source` is the address from which the request reached the machines' door."""
        public = self.public_address(now)
        return Facts(
            state=SensorState(self.state),
            case_open=self.case_id is not None,
            certificate_revoked=self.certificate_revoked,
            certificate_valid_now=certificate.not_before <= now <= certificate.not_after,
            source_is_own_underlay_address=source == self.address,
            session_reported=public is not None and self.session_address == self.address,
            public_address_expected=self._is_expected(public) if public else None,
            permitted_once=permitted_once,
        )

    def _is_expected(self, public: str) -> bool:
        return is_in_networks(ipaddress.ip_address(public), self.expected_networks)


def _known(sensor: UUID, certificate: int) -> QuerySet[Any, Any]:
    return (
        Sensor.objects.filter(pk=sensor)
        .annotate(
            open_case=FilteredRelation("cases", condition=Q(cases__closed_at=None)),
            session=FilteredRelation("sessions", condition=Q(sessions__ended_at=None)),
            certificate_revoked=Exists(Revocation.objects.filter(certificate=certificate)),
        )
        .order_by("session__pk")
        .values_list(
            "subject",
            "state",
            "underlay_address__address",
            "site__customer_id",
            "site__expected_networks",
            "open_case__pk",
            "certificate_revoked",
            "session__underlay_address",
            "session__public_address",
            "session__gateway__contact__last_report_at",
        )
    )


_KNOWN = RepeatedQuery(Known, _known, UUID, int)


def read_release_facts(*, sensor: Sensor, certificate: Certificate) -> Known:
    """The row lock, held until the transaction ends, is that of a loss report. Raises Sensor.DoesNotExist."""
    lock_row(sensor)
    known = _KNOWN.first(sensor.pk, certificate.pk)
    if known is None:
        raise Sensor.DoesNotExist(f"There is no sensor {sensor.pk}.")
    return known

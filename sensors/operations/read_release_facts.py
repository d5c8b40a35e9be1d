"""What the decision about a disk key needs to know: the sensor's row locked, then everything read in one statement."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from database.repeated import RepeatedQueries, RepeatedQuery
from pki.models import Certificate, Revocation
from sensors.models import Sensor
from sensors.models.gateway import is_silent
from sensors.operations.lock_sensor import lock_free_rows, lock_row
from sensors.release_decision import Facts
from sensors.states import SensorState
from tenants.models import Customer
from tenants.networks import is_in_networks


class Known(NamedTuple):
    """The columns of one row; None where there is none of that kind."""

    sensor_id: UUID
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


_COLUMNS = (
    "pk",
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


def _known(sensors: QuerySet[Sensor], revocations: QuerySet[Revocation]) -> QuerySet[Any, Any]:
    return (
        sensors.annotate(
            open_case=FilteredRelation("cases", condition=Q(cases__closed_at=None)),
            session=FilteredRelation("sessions", condition=Q(sessions__ended_at=None)),
            certificate_revoked=Exists(revocations),
        )
        .order_by("session__pk")
        .values_list(*_COLUMNS)
    )


def _of_one(sensor: UUID, certificate: int) -> QuerySet[Any, Any]:
    return _known(Sensor.objects.filter(pk=sensor), Revocation.objects.filter(certificate=certificate))


def _of_several(sensors: tuple[UUID, ...], certificates: tuple[int, ...]) -> QuerySet[Any, Any]:
    own = Revocation.objects.filter(certificate__in=certificates, certificate__subject=OuterRef("subject"))
    return _known(Sensor.objects.filter(pk__in=sensors), own)


_KNOWN = RepeatedQuery(Known, _of_one, UUID, int)
_ALL_KNOWN = RepeatedQueries(Known, _of_several, UUID, int)


def read_release_facts(*, sensor: Sensor, certificate: Certificate) -> Known:
    """The row lock, held until the transaction ends, is that of a loss report. Raises Sensor.DoesNotExist."""
    lock_row(sensor)
    known = _KNOWN.first(sensor.pk, certificate.pk)
    if known is None:
        raise Sensor.DoesNotExist(f"There is no sensor {sensor.pk}.")
    return known


def read_free_release_facts(*, asked: Sequence[tuple[Sensor, Certificate]]) -> dict[UUID, Known]:
    """The same of those sensors whose row nobody else holds, by their key; each may be named once.

    Left out is also whose certificate does not bear its name: only by that would its revocation be found.
    """
    certificates = {sensor.pk: certificate for sensor, certificate in asked}
    free = lock_free_rows(list(certificates))
    known = _ALL_KNOWN.all(free, [certificates[key].pk for key in free])
    # The first of a sensor's rows counts, as it does for one.
    return {one.sensor_id: one for one in reversed(known) if certificates[one.sensor_id].subject == one.subject}

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
from sensors.confirmed_sessions import Confirmation, ConfirmedSession
from sensors.models import Sensor
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
    gateway_revoked_at: datetime | None
    address: str
    customer_id: UUID
    expected_networks: list[str]
    case_id: UUID | None
    certificate_revoked: bool

    @property
    def customer(self) -> Customer:
        """Its key only; what else is asked of it is read when it is asked."""
        return Customer.from_db(DEFAULT_DB_ALIAS, ["id"], [self.customer_id])

    def public_address(self, source: str, confirmation: Confirmation) -> str | None:
        """From where the request's own tunnel came; None unless that is known."""
        is_own = source == self.address and confirmation.carried_the_request(self.address)
        return confirmation.public_address if is_own else None

    def waits_for_people(self, confirmation: Confirmation) -> bool:
        """Whether nothing but a person's word is missing, as far as places go."""
        session = confirmation.session
        return session is not None and (not self._is_expected(session) or bool(session.other_places()))

    def facts(
        self,
        certificate: Certificate,
        source: str,
        confirmation: Confirmation,
        now: datetime,
        *,
        permitted_once: bool,
    ) -> Facts:
        """`source` is the address from which the request reached the machines' door."""
        session = confirmation.session
        return Facts(
            state=SensorState(self.state),
            case_open=self.case_id is not None,
            certificate_revoked=self.certificate_revoked,
            certificate_valid_now=certificate.not_before <= now <= certificate.not_after,
            source_is_own_underlay_address=source == self.address,
            gateway_revoked=self.gateway_revoked_at is not None,
            gateway_answered=confirmation.answered,
            session_confirmed=confirmation.carried_the_request(self.address),
            two_places=bool(session and session.other_places()),
            public_address_expected=self._is_expected(session) if session else None,
            permitted_once=permitted_once,
        )

    def _is_expected(self, session: ConfirmedSession) -> bool:
        return is_in_networks(ipaddress.ip_address(session.public_address), self.expected_networks)


_COLUMNS = (
    "pk",
    "subject",
    "state",
    "gateway__revoked_at",
    "underlay_address__address",
    "site__customer_id",
    "site__expected_networks",
    "open_case__pk",
    "certificate_revoked",
)


def _known(sensors: QuerySet[Sensor], revocations: QuerySet[Revocation]) -> QuerySet[Any, Any]:
    return (
        sensors.annotate(
            open_case=FilteredRelation("cases", condition=Q(cases__closed_at=None)),
            certificate_revoked=Exists(revocations),
        )
        .order_by()
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
    return {one.sensor_id: one for one in known if certificates[one.sensor_id].subject == one.subject}

"""What the decision about a disk key needs to know: the sensor's row locked, then everything read in one statement."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from database.repeated import RepeatedQueries, RepeatedQuery
from pki.models import Certificate, Restoration, Revocation
from sensors.fleet.operations.lock_sensor import lock_free_rows, lock_row
from sensors.keys.confirmed_sessions import Confirmation, ConfirmedSession
from sensors.keys.release_decision import Facts
from sensors.models import KeyPermit, Sensor, SensorMove
from sensors.states import SensorState
from tenants.models import Customer
from tenants.networks import Address, is_in_networks


class Known(NamedTuple):
    """The columns of one row; None where there is none of that kind."""

    sensor_id: UUID
    subject: str
    state: str
    gateway_revoked_at: datetime | None
    address: str
    customer_id: UUID
    expected_networks: list[str]
    announced_networks: dict[str, str]
    change_delay_minutes: int
    change_delay_in_force: int
    code_id: int | None
    code_issued_by: str | None
    code_used_at: datetime | None
    code_announced_at: datetime | None
    code_confirmed_at: datetime | None
    move_id: int | None
    move_announced_at: datetime | None
    case_id: UUID | None
    certificate_revoked: bool
    restoration_open: bool

    @property
    def customer(self) -> Customer:
        """Its key only; what else is asked of it is read when it is asked."""
        return Customer.from_db(DEFAULT_DB_ALIAS, ["id"], [self.customer_id])

    def public_address(self, source: str, confirmation: Confirmation) -> str | None:
        """From where the request's own tunnel came; None unless that is known."""
        is_own = source == self.address and confirmation.carried_the_request(self.address)
        return confirmation.public_address if is_own else None

    def waits_for_people(self, confirmation: Confirmation) -> bool:
        """Whether nothing but a person's word is missing."""
        session = confirmation.session
        if session is None:
            return False
        return self.enrolled_anew or not self._is_expected(session) or bool(session.other_places())

    @property
    def enrolled_anew(self) -> bool:
        """And nobody but the issuer of the code has said that it is the right box."""
        return self.code_id is not None and self.code_confirmed_at is None

    def accepts(self, permit: KeyPermit) -> bool:
        """The issuer of the code for a box is not the second person who lets it have the key."""
        if not self.enrolled_anew or self.code_issued_by is None:
            return True
        return self.code_used_at is not None and permit.is_second_word_on(
            issued_by=self.code_issued_by, used_at=self.code_used_at
        )

    def changes(self, confirmation: Confirmation, permit: KeyPermit | None) -> list[datetime | None]:
        """When people were told of what this release would rest on; None for what they were not told of yet."""
        # One by which this box had its key a moment ago has been looked at then.
        told = [permit.announced_at] if permit and permit.used_at is None else []
        if self.code_id is not None:
            told.append(self.code_announced_at)
        if self.move_id is not None:
            # What is expected where it is now is not what was expected where it was.
            told.append(self.move_announced_at)
        session = confirmation.session
        if session and self._is_expected(session):
            told.append(self._announced(ipaddress.ip_address(session.public_address)))
        return told

    @property
    def change_delay(self) -> timedelta:
        return timedelta(minutes=max(self.change_delay_minutes, self.change_delay_in_force))

    def facts(
        self,
        certificate: Certificate,
        source: str,
        confirmation: Confirmation,
        now: datetime,
        *,
        permit: KeyPermit | None,
        changes_settled: bool,
    ) -> Facts:
        """`source` is the address from which the request reached the machines' door."""
        session = confirmation.session
        return Facts(
            state=SensorState(self.state),
            case_open=self.case_id is not None,
            certificate_revoked=self.certificate_revoked,
            certificate_valid_now=certificate.not_before <= now <= certificate.not_after,
            source_is_own_underlay_address=source == self.address,
            restoration_open=self.restoration_open,
            gateway_revoked=self.gateway_revoked_at is not None,
            gateway_answered=confirmation.answered,
            session_confirmed=confirmation.carried_the_request(self.address),
            two_places=bool(session and session.other_places()),
            public_address_expected=self._is_expected(session) if session else None,
            enrolled_anew=self.enrolled_anew,
            permitted_once=permit is not None,
            changes_settled=changes_settled,
        )

    def _is_expected(self, session: ConfirmedSession) -> bool:
        return is_in_networks(ipaddress.ip_address(session.public_address), self.expected_networks)

    def _announced(self, address: Address) -> datetime | None:
        """Since when this address is within an expected network of which people were told."""
        announced = self.announced_networks
        told = [network for network in self.expected_networks if network in announced]
        times = [datetime.fromisoformat(announced[one]) for one in told if is_in_networks(address, [one])]
        return min(times, default=None)


_COLUMNS = (
    "pk",
    "subject",
    "state",
    "gateway__revoked_at",
    "underlay_address__address",
    "site__customer_id",
    "site__expected_networks",
    "site__announced_networks",
    "site__customer__change_delay_minutes",
    "site__customer__change_delay_in_force",
    "enrolled_anew_with_id",
    "enrolled_anew_with__issued_by",
    "enrolled_anew_with__used_at",
    "enrolled_anew_with__announced_at",
    "enrolled_anew_with__confirmed_at",
    "newest_move",
    "newest_move_announced_at",
    "open_case__pk",
    "certificate_revoked",
    "restoration_open",
)


def _known(sensors: QuerySet[Sensor], revocations: QuerySet[Revocation]) -> QuerySet[Any, Any]:
    moves = SensorMove.objects.filter(sensor=OuterRef("pk")).order_by("-pk")
    return (
        sensors.annotate(
            newest_move=Subquery(moves.values("pk")[:1]),
            newest_move_announced_at=Subquery(moves.values("announced_at")[:1]),
            open_case=FilteredRelation("cases", condition=Q(cases__closed_at=None)),
            certificate_revoked=Exists(revocations),
            restoration_open=Exists(Restoration.objects.open()),
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

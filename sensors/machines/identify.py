"""Who calls: the certificate that nginx verified and handed on, looked up in the database."""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from database.repeated import RepeatedQuery
from pki.models import Certificate, Revocation
from sensors.models import Gateway, Sensor

_OF_CERTIFICATE = ("id", "serial", "subject", "not_before", "not_after")


class _Found(NamedTuple):
    id: int
    serial: str
    subject: str
    not_before: datetime
    not_after: datetime
    profile: str
    revocation_id: int | None
    sensor_id: UUID | None
    gateway_id: UUID | None


def _by_fingerprint(fingerprint: str) -> QuerySet[Any, Any]:
    sensor = Sensor.objects.order_by().filter(subject=OuterRef("subject"))
    return (
        Certificate.objects.filter(fingerprint=fingerprint)
        .annotate(sensor=Subquery(sensor.values("pk")), gateway=Subquery(sensor.values("gateway")))
        .values_list(*_OF_CERTIFICATE, "profile", "revocation__pk", "sensor", "gateway")
    )


_FOUND = RepeatedQuery(_Found, _by_fingerprint, str)
_OF_GATEWAY = tuple(field.attname for field in Gateway._meta.concrete_fields)


def _by_subject(subject: str) -> QuerySet[Any, Any]:
    # Said twice: its certificates were revoked with it.
    return Gateway.objects.serving().filter(subject=subject).order_by().values_list(*_OF_GATEWAY)


_GATEWAY = RepeatedQuery(lambda *columns: Gateway.from_db(DEFAULT_DB_ALIAS, _OF_GATEWAY, columns), _by_subject, str)
_REVOKED = RepeatedQuery(
    lambda number: number, lambda certificate: Revocation.objects.filter(certificate=certificate).values_list("pk"), int
)


class ShutOut(Exception):
    """The caller was revoked since its call began."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Of a sensor there is no more than its key and its gateway's: a call that asks more reads it, or locks the row."""

    certificate: Certificate
    machine: Sensor | Gateway
    is_accepted: bool  # not revoked and inside its dates, when the call began

    @property
    def kind(self) -> str:
        return "sensor" if isinstance(self.machine, Sensor) else "gateway"


def identify(request: HttpRequest) -> Caller | None:
    """None for a certificate that is missing, malformed, not ours, or of a machine that there is not.

    Only nginx can reach this process's socket and it overwrites the header, so the certificate's signature and the
    possession of its key have been checked. Its revocation has not: that is the database's word.
    """
    found = _find(request.headers.get("X-Client-Certificate", ""))
    machine = found and _machine(found)
    if not found or not machine:
        return None
    is_accepted = found.revocation_id is None and found.not_before <= timezone.now() <= found.not_after
    certificate = Certificate.from_db(DEFAULT_DB_ALIAS, _OF_CERTIFICATE, found[: len(_OF_CERTIFICATE)])
    return Caller(certificate, machine, is_accepted)


def _find(header: str) -> _Found | None:
    try:
        der = ssl.PEM_cert_to_DER_cert(unquote(header))
    except ValueError:
        return None
    return _FOUND.first(hashlib.sha256(der).hexdigest())


def _machine(found: _Found) -> Sensor | Gateway | None:
    """The profile says which kind a subject is: a gateway's certificate never passes for a sensor's."""
    if found.profile == "sensor" and found.sensor_id:
        return Sensor.from_db(DEFAULT_DB_ALIAS, ["id", "gateway_id"], [found.sensor_id, found.gateway_id])
    if found.profile == "gateway":
        return _GATEWAY.first(found.subject)
    return None


def refuse_if_shut_out(caller: Caller) -> None:
    """For a call that has waited. Raises ShutOut: what was revoked meanwhile is told nothing."""
    if _REVOKED.first(caller.certificate.pk) is not None:
        raise ShutOut

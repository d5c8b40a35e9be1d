"""A box that is connected with its new certificate needs the one before no more: the signer revokes it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from pki.authority.operations.revoke_superseded import revoke_superseded
from pki.authority.x509 import Profile
from pki.models import Certificate
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.raise_generation import raise_generation
from sensors.models import Sensor, Session
from tenants.actors import Actor
from tenants.audit.record_audit import record_customer_audit

SIGNER = Actor.process("signer")


def supersede_certificates() -> int:
    """How many were revoked. One transaction for each sensor."""
    now = timezone.now()
    serving = Certificate.objects.filter(profile=Profile.SENSOR, revocation=None, not_after__gt=now)
    several = serving.order_by().values("subject").annotate(number=Count("pk")).filter(number__gt=1)
    return sum(_supersede(sensor) for sensor in _sensors(several.values_list("subject", flat=True)))


def _sensors(subjects: Iterable[str]) -> list[Sensor]:
    connected = Session.objects.current().exclude(serial="")
    return list(Sensor.objects.filter(subject__in=list(subjects), sessions__in=connected).distinct())


@transaction.atomic
def _supersede(sensor: Sensor) -> int:
    """The gateway's word is taken for which of the box's certificates it saw: a lie ends older ones early, no more."""
    sensor = lock_sensor(sensor)
    serials = Session.objects.current().filter(sensor=sensor).values_list("serial", flat=True)
    own = Certificate.objects.of_subject(sensor.subject)
    newest = own.filter(serial__in=list(serials), revocation=None).order_by("-pk").first()
    if newest is None:
        return 0
    later = own.filter(pk__gt=newest.pk).values_list("pk", flat=True)
    revoked = revoke_superseded(subject=sensor.subject, keep=[newest.pk, *later], now=timezone.now())
    if revoked:
        raise_generation(sensor=sensor)
        record_customer_audit(
            customer=sensor.customer,
            actor=SIGNER,
            action="certificate:supersede",
            subject=f"sensor:{sensor.subject}",
            details={"serials": [one.certificate.serial for one in revoked], "connected_with": newest.serial},
        )
    return len(revoked)

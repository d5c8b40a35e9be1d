"""A gateway is lost or stolen: from this commit on the portal neither tells it anything nor believes it anything."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from database.owner_functions import call_owner_function, has_owner_functions
from notices.operations.queue_mails import queue_mails
from notices.operations.wake_worker import wake_worker
from pki.authority.operations.revoke_subject import revoke_subject
from pki.escrow.operations.destroy_key import destroy_key
from pki.models import Reason, Revocation
from pki.models.wrapped_key import TLS_CRYPT_V2_SERVER_KEY
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.models import (
    Case,
    CertificateRequest,
    EnrolmentCode,
    Gateway,
    GatewayContact,
    Sensor,
    Session,
    SessionQuestion,
)
from sensors.states import SensorState
from tenants.audiences import own_people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit
from tenants.models import Customer, Person
from tenants.operations.decide_approval import overtake_approvals
from tenants.operations.tell_of_account import who_could_object


@transaction.atomic(durable=True)
def revoke_gateway(*, gateway: Gateway, reason: str, revoked_by: Person) -> Gateway:
    """One person is enough, as it has to be quick; one that is revoked already stays as it is. Raises ValidationError.

    The caller has made sure that `revoked_by` may. It needs neither broker, signer nor the gateway. Its boxes' keys are
    held from then on, as each release reads this row. The way back takes two people: see `give_back_gateway`.
    """
    gateway = lock_gateway(gateway)
    if gateway.revoked_at:
        return gateway
    now = timezone.now()
    gateway.revoked_at, gateway.revoked_by, gateway.revoked_because = now, revoked_by, reason.strip()
    if not gateway.revoked_because:
        raise ValidationError("Say why. All of the staff read this.")
    # Of the reason alone: no other fault of its row is to keep a stolen gateway in use.
    Gateway._meta.get_field("revoked_because").run_validators(gateway.revoked_because)
    gateway.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
    revocations = _shut_out(gateway, now)
    sensors = list(boxes_of(gateway))
    # The audit chains last, as everywhere, and in one order, as in a sign-in: the provider's, then customers' by key.
    overtake_approvals(about=gateway.about, overtaken_by=revoked_by.actor, person=revoked_by)
    _record(gateway, sensors, revocations, revoked_by)
    _tell(gateway, sensors)
    wake_worker(task="sensors.tasks.publish_crl")
    return gateway


def _shut_out(gateway: Gateway, now: datetime) -> list[Revocation]:
    """All by which it could come in, or be believed."""
    EnrolmentCode.objects.filter(gateway=gateway).usable(now).update(revoked_at=now)
    CertificateRequest.objects.filter(gateway=gateway).waiting().update(refused_because="the gateway was revoked")
    revocations = revoke_subject(subject=gateway.subject, reason=Reason.KEY_COMPROMISE, now=now)
    destroy_key(purpose=TLS_CRYPT_V2_SERVER_KEY, subject=gateway.subject, now=now)
    if has_owner_functions():
        call_owner_function("sensors_shut_out_gateway", gateway.pk)
        return revocations
    # A report of its own that is being taken in is finished first; the next one sees that it was revoked.
    GatewayContact.objects.select_for_update().filter(gateway=gateway).first()
    SessionQuestion.objects.filter(gateway=gateway).delete()
    Session.objects.current().filter(gateway=gateway).update(ended_at=now)
    return revocations


def _record(gateway: Gateway, sensors: list[Sensor], revocations: list[Revocation], revoked_by: Person) -> None:
    actor, subject = revoked_by.actor, f"gateway:{gateway.subject}"
    record_provider_audit(
        actor=actor,
        action=AuditAction.GATEWAY_REVOKE,
        subject=subject,
        details={
            "reason": gateway.revoked_because,
            "serials": [revocation.certificate.serial for revocation in revocations],
        },
    )
    for customer, own in by_customer(sensors).items():
        # Why is the provider's business; what it means for whom, theirs.
        facts = {"gateway": gateway.name, "sensors": [sensor.subject for sensor in own]}
        record_customer_audit(
            customer=customer, actor=actor, action=AuditAction.GATEWAY_REVOKE, subject=subject, details=facts
        )


def _tell(gateway: Gateway, sensors: list[Sensor]) -> None:
    unconfirmed = Case.objects.unconfirmed().filter(sensor__in=sensors).select_related("sensor")
    queue_mails(
        recipients=who_could_object(customers=[]),
        template="gateway_revoked",
        about=gateway.about,
        context={"gateway": gateway, "sensors": sensors, "unconfirmed": unconfirmed},
    )
    for customer, own in by_customer(sensors).items():
        queue_mails(
            recipients=own_people_to_tell(customer),
            template="gateway_revoked_customer",
            about=gateway.about,
            context={"gateway": gateway, "customer": customer, "sensors": own},
        )


def boxes_of(*gateways: Gateway) -> QuerySet[Sensor]:
    """Those that have a tunnel by it, or should have."""
    gone = (SensorState.RETIRED, SensorState.CUT_OFF)
    boxes = Sensor.objects.filter(gateway__in=gateways).exclude(state__in=gone)
    return boxes.select_related("site__customer").order_by("site__customer_id", "name")


def by_customer(sensors: list[Sensor]) -> dict[Customer, list[Sensor]]:
    """In the order of the sensors."""
    found: dict[Customer, list[Sensor]] = {}
    for sensor in sensors:
        found.setdefault(sensor.customer, []).append(sensor)
    return found

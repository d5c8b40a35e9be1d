"""One-time codes that turn into a certificate. Shown once; only the hash is kept."""

import base64
import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from sensors.fleet.gateway_steps import ISSUE_CODE
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.refuse_people import refuse_people
from sensors.fleet.operations.tell_of_gateway import tell_of_gateway
from sensors.models import EnrolmentCode, Gateway, Sensor
from sensors.states import ENROLLABLE
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit
from tenants.models import Approval
from tenants.second_person import SecondPersonNeeded

ANNOUNCE_TASK = "sensors.tasks.announce_changes"
LIFETIME = timedelta(days=7)
CODE_LENGTH = 26  # base32 characters: 130 random bits


def code_proof(code: str) -> str:
    """What only somebody with the code can make. Spaces, dashes and case do not matter: people type these."""
    canonical = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def code_digest(proof: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(proof.encode()).hexdigest()


@transaction.atomic
def issue_sensor_code(
    *, sensor: Sensor, issued_by: Actor, agreed: Approval | None = None, after: int | None = None
) -> str:
    """The code, for this once. Codes issued before it end. Raises ValidationError for a sensor that may not enrol.

    `agreed` is what another person has just agreed to, where the customer's policy wants that. `after` is the newest
    code that the asker knows of (`newest_code`): asked again, by a page that is loaded again, it ends none.
    """
    sensor = lock_sensor(sensor)
    check_enrollable(sensor)
    if after is not None and after != newest_code(sensor):
        raise ValidationError(
            f"{sensor.name} has got a code since this page was opened. It was shown once and is not shown again. Open "
            "the page again to issue another, which ends it."
        )
    if sensor.customer.two_people_for_changes and agreed is None:
        raise SecondPersonNeeded("A code for this customer's sensors needs two people: ask for it in the admin.")
    EnrolmentCode.objects.filter(sensor=sensor).usable(timezone.now()).update(revoked_at=timezone.now())
    code, row = _new_code(issued_by)
    row.sensor = sensor
    row.save(force_insert=True)
    record_customer_audit(
        customer=sensor.customer,
        actor=issued_by,
        action=AuditAction.SENSOR_ENROLMENT_CODE_ISSUE,
        subject=f"sensor:{sensor.subject}",
        details={"expires_at": row.expires_at.isoformat()} | ({"approval": str(agreed.pk)} if agreed else {}),
    )
    wake_worker(task=ANNOUNCE_TASK)
    return code


def newest_code(sensor: Sensor) -> int:
    """Its key, used or not; 0 if there was none so far."""
    return EnrolmentCode.objects.filter(sensor=sensor).order_by("-pk").values_list("pk", flat=True).first() or 0


def check_enrollable(sensor: Sensor) -> None:
    """Raises ValidationError."""
    if sensor.state not in ENROLLABLE:
        raise ValidationError(f"{sensor.name} is {sensor.get_state_display()}: it cannot enrol.")
    if sensor.gateway.revoked_at:
        raise ValidationError(f"Gateway {sensor.gateway} is revoked: its boxes can enrol once another has its place.")


@transaction.atomic
def issue_gateway_code(*, gateway: Gateway, issued_by: Actor) -> str:
    """The code, for this once, by a command on the portal's host: people fetch one by `collect_gateway_code`.

    Codes issued before it end. Raises ValidationError for a gateway that was revoked, and SecondPersonNeeded.
    """
    refuse_people(issued_by)
    gateway = lock_gateway(gateway)
    if gateway.revoked_at:
        raise ValidationError(f"{gateway.name} is revoked: two people have to give it back first, in the admin.")
    return new_gateway_code(gateway=gateway, issued_by=issued_by, approval=None)


def new_gateway_code(*, gateway: Gateway, issued_by: Actor, approval: Approval | None) -> str:
    """For a caller who holds the gateway's row lock and has made sure that it may have one."""
    now = timezone.now()
    EnrolmentCode.objects.filter(gateway=gateway).usable(now).update(revoked_at=now)
    code, row = _new_code(issued_by)
    row.gateway, row.approval = gateway, approval
    row.save(force_insert=True)
    record_provider_audit(
        actor=issued_by,
        action=ISSUE_CODE,
        subject=f"gateway:{gateway.subject}",
        details={
            "expires_at": row.expires_at.isoformat(),
            **({"approval": str(approval.pk)} if approval else {}),
        },
    )
    agreed_by = approval.decided_by if approval else None
    tell_of_gateway(gateway=gateway, step=ISSUE_CODE, done_by=issued_by, agreed_by=agreed_by)
    return code


def _new_code(issued_by: Actor) -> tuple[str, EnrolmentCode]:
    text = base64.b32encode(secrets.token_bytes(17)).decode()[:CODE_LENGTH]
    code = "-".join(text[start : start + 5] for start in range(0, CODE_LENGTH, 5))
    now = timezone.now()
    return code, EnrolmentCode(
        digest=code_digest(code_proof(code)), issued_by=str(issued_by), issued_at=now, expires_at=now + LIFETIME
    )

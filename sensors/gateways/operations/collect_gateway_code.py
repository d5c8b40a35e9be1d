"""The one who asked for a gateway's code fetches it, once another has agreed. Only then is it made."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sensors.enrolment.operations.issue_enrolment_code import new_gateway_code
from sensors.fleet.gateway_steps import CODE_ACTIONS
from sensors.fleet.operations.lock_gateway import lock_gateway_of
from sensors.models import EnrolmentCode, Gateway
from tenants.models import Approval, Person
from tenants.operations.check_standing import check_standing
from tenants.operations.decide_approval import ApprovalRefused
from tenants.roles import Permission

# For so long after the second person has agreed.
CODE_WAITS = timedelta(hours=24)


@transaction.atomic(durable=True)
def collect_gateway_code(*, approval: UUID, collected_by: Person) -> str:
    """The code, for this once.

    It goes to the one who asked, and to nobody else: they sit at the machine. The one who agreed would hold alone what
    takes two, and would have to send it on. Raises ApprovalRefused and AccountDoesNotCount.
    """
    agreed = Approval.objects.approved().filter(pk=approval, action__in=CODE_ACTIONS).first()
    if agreed is None:
        raise ApprovalRefused("Nobody has agreed to this.")
    if agreed.requested_by_id != collected_by.pk:
        raise ApprovalRefused("Only the one who asked for the code gets to see it.")
    # Locked, so that no role is taken away meanwhile.
    gateway = lock_gateway_of(agreed)
    collecting = Person.objects.select_for_update(no_key=True).get(pk=collected_by.pk)
    if not collecting.permits_at_provider(Permission.GATEWAY_MANAGE):
        raise ApprovalRefused("You may no longer do this.")
    check_standing(person=collecting, asked_at=None)
    if not may_be_collected(agreed, gateway):
        raise ApprovalRefused(
            "This code was shown, its time is over, or the gateway was revoked. It has to be asked for again."
        )
    return new_gateway_code(gateway=gateway, issued_by=collecting.actor, approval=agreed)


def may_be_collected(agreed: Approval, gateway: Gateway) -> bool:
    """Once, in time, and for the machine that was agreed to: none that was revoked since."""
    if agreed.decided_at is None or agreed.decided_at <= timezone.now() - CODE_WAITS:
        return False
    if gateway.revoked_at or agreed.decided_at < gateway.subject_since:
        return False
    return not EnrolmentCode.objects.filter(approval=agreed).exists()


def code_that_waits(*, gateway: Gateway, person: Person) -> Approval | None:
    """The request by which this person may fetch a code now."""
    own = Approval.objects.approved().filter(about=gateway.about, action__in=CODE_ACTIONS, requested_by=person)
    newest = own.order_by("-decided_at").first()
    return newest if newest and may_be_collected(newest, gateway) else None

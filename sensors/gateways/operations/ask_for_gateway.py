"""Put what somebody wants of a gateway before a second person, and tell all of the staff."""

from typing import Any

from django.core.exceptions import ValidationError

from notices.operations.queue_mails import queue_mails
from sensors.fleet.gateway_steps import ACTIONS
from sensors.models import Gateway
from tenants.models import Approval, Person
from tenants.operations.request_approval import request_approval
from tenants.operations.tell_of_account import who_could_object

# Each is a mail to all of the staff.
MOST_WAITING = 10


def ask_for_gateway(
    *,
    gateway: Gateway,
    action: str,
    about: str,
    reason: str,
    requested_by: Person,
    details: dict[str, Any] | None = None,
) -> Approval:
    """In the caller's transaction, who has made sure that `requested_by` may, and that it could be done.

    `gateway` as it would be. Raises ValidationError, as `request_approval` does.
    """
    if Approval.objects.undecided().filter(action__in=ACTIONS, requested_by=requested_by).count() >= MOST_WAITING:
        raise ValidationError(f"{MOST_WAITING} of your requests wait already. Let somebody decide about those first.")
    approval = request_approval(
        customer=None,
        action=action,
        about=about,
        reason=reason,
        requested_by=requested_by,
        details={"gateway": gateway.name} | (details or {}),
    )
    queue_mails(
        recipients=who_could_object(customers=[]),
        template="gateway_requested",
        about=f"approval:{approval.pk}",
        context={"approval": approval, "gateway": gateway},
    )
    return approval

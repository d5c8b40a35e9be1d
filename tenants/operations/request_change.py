"""Ask for a change to what a customer's disk keys rest on, where the customer's policy wants two people for it."""

from typing import Any

from notices.operations.queue_mails import queue_mails
from tenants.audiences import people_to_tell
from tenants.models import Approval, Customer, Person
from tenants.operations.request_approval import request_approval


def request_change(
    *,
    customer: Customer,
    action: str,
    about: str,
    wanted: str,
    details: dict[str, Any],
    reason: str,
    requested_by: Person,
) -> Approval:
    """In the caller's transaction, who has made sure that `requested_by` may. `wanted` says it in words.

    Raises ValidationError.
    """
    approval = request_approval(
        customer=customer, action=action, about=about, details=details, reason=reason, requested_by=requested_by
    )
    queue_mails(
        recipients=people_to_tell(customer),
        template="change_requested",
        about=about[:80],
        context={"approval": approval, "customer": customer, "wanted": wanted},
    )
    return approval

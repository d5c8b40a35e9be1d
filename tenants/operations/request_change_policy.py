"""Ask for less protection of a customer whose policy wants two people for that."""

from django.db import transaction

from tenants.models import Approval, Customer, Person
from tenants.operations.request_change import request_change

ACTION = "customer:set-change-policy"


@transaction.atomic
def request_change_policy(
    *,
    customer: Customer,
    change_delay_minutes: int,
    two_people_for_changes: bool,
    reason: str,
    requested_by: Person,
) -> Approval:
    """Nothing changes until another person agrees. Raises ValidationError.

    The caller has made sure that `requested_by` may change the customer.
    """
    customer = Customer.objects.get(pk=customer.pk)
    customer.change_delay_minutes, customer.two_people_for_changes = change_delay_minutes, two_people_for_changes
    customer.full_clean()
    people = "two people for changes" if two_people_for_changes else "one person alone for changes"
    return request_change(
        customer=customer,
        action=ACTION,
        about=f"customer:{customer.slug}",
        wanted=f"{change_delay_minutes} minutes to object, and {people}",
        details={
            "change_delay_minutes": change_delay_minutes,
            "two_people_for_changes": two_people_for_changes,
        },
        reason=reason,
        requested_by=requested_by,
    )

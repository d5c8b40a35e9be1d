"""How long a customer's people can object to a change, and whether it takes two people to make one."""

from django.db import transaction

from notices.operations.wake_worker import wake_worker
from tenants.audit.record_audit import record_customer_audit
from tenants.change_policy import policy_needs_second_person
from tenants.models import Approval, Customer, Person
from tenants.operations.register_site import ANNOUNCE_TASK
from tenants.second_person import SecondPersonNeeded


@transaction.atomic
def set_change_policy(
    *,
    customer: Customer,
    change_delay_minutes: int,
    two_people_for_changes: bool,
    set_by: Person,
    agreed: Approval | None = None,
) -> Customer:
    """A shorter delay counts only once people were told of it and the longer one is over: the worker sees to that.

    Where two people are needed for changes, less than that needs two as well: `agreed` is what another person has just
    agreed to. Raises ValidationError.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    before = (customer.change_delay_minutes, customer.two_people_for_changes)
    needs_two = policy_needs_second_person(
        customer=customer,
        change_delay_minutes=change_delay_minutes,
        two_people_for_changes=two_people_for_changes,
    )
    if needs_two and agreed is None:
        raise SecondPersonNeeded(
            "Less protection for this customer needs two people. Say why, and another one decides."
        )
    customer.change_delay_minutes, customer.two_people_for_changes = change_delay_minutes, two_people_for_changes
    customer.full_clean()
    customer.save(update_fields=["change_delay_minutes", "two_people_for_changes"])
    record_customer_audit(
        customer=customer,
        actor=set_by.actor,
        action="customer:set-change-policy",
        subject=f"customer:{customer.slug}",
        details={
            "from": {"change_delay_minutes": before[0], "two_people_for_changes": before[1]},
            "to": {"change_delay_minutes": change_delay_minutes, "two_people_for_changes": two_people_for_changes},
        }
        | ({"approval": str(agreed.pk)} if agreed else {}),
    )
    wake_worker(task=ANNOUNCE_TASK)
    return customer

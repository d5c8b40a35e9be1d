"""Let a customer's new delay count: a longer one at once, a shorter one like any other change. The worker's alone."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tenants.models import Announcement, Customer
from tenants.operations.announce import announce


def announce_delays() -> int:
    """Of how many shorter ones people have still to be told."""
    changed = list(Customer.objects.exclude(change_delay_minutes=F("change_delay_in_force")))
    # One that was taken back is news when it comes again.
    announced = Announcement.objects.filter(about__startswith="change-delay:")
    announced.exclude(about__in=[_about(customer) for customer in changed]).delete()
    return sum(not _take_up(customer) for customer in changed)


def _about(customer: Customer) -> str:
    return f"change-delay:{customer.pk}:{customer.change_delay_minutes}"


@transaction.atomic
def _take_up(customer: Customer) -> bool:
    in_force = customer.change_delay_in_force
    if customer.change_delay_minutes < in_force:
        context: dict[str, object] = {"customer": customer}
        announced_at = announce(about=_about(customer), customer=customer, template="delay_shortened", context=context)
        if announced_at is None:
            return False
        if timezone.now() < announced_at + timedelta(minutes=in_force):
            return True
    Customer.objects.filter(pk=customer.pk).update(change_delay_in_force=customer.change_delay_minutes)
    return True

"""Whom a report of these boxes would be mailed to."""

from dataclasses import dataclass

from sensors.fleet.presenting import SensorCard
from tenants.audiences import operators_to_tell, own_people_to_tell
from tenants.models import Customer, Person


@dataclass(frozen=True, slots=True)
class Told:
    customer: Customer
    names: tuple[str, ...]
    staff: int


def told_of(cards: list[SensorCard]) -> list[Told]:
    """For each customer: its own people by name, and of the staff how many. In two queries for each customer.

    The caller has made sure that who asks may report all of them, and is so among the told.
    """
    staff = len(operators_to_tell())
    customers = {card.sensor.customer.pk: card.sensor.customer for card in cards}
    told = []
    for customer in sorted(customers.values(), key=lambda customer: customer.name):
        people = Person.objects.filter(email__in=own_people_to_tell(customer)).order_by("name", "email")
        told.append(Told(customer, tuple(each.name or each.email for each in people), staff))
    return told

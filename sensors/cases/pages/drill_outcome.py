"""Whom a report of these boxes would be mailed to."""

from dataclasses import dataclass

from sensors.fleet.presenting import SensorCard
from tenants.audiences import names_to_tell, operators_to_tell
from tenants.models import Customer


@dataclass(frozen=True, slots=True)
class Told:
    customer: Customer
    names: tuple[str, ...]
    staff: int


def told_of(cards: list[SensorCard]) -> list[Told]:
    """For each customer: its own people by name, and of the staff how many. In one query for each customer.

    The caller has made sure that who asks may report all of them, and is so among the told.
    """
    staff = len(operators_to_tell())
    customers = {card.sensor.customer.pk: card.sensor.customer for card in cards}
    ordered = sorted(customers.values(), key=lambda customer: customer.name)
    return [Told(customer, tuple(names_to_tell(customer)), staff) for customer in ordered]

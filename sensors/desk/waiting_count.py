from datetime import datetime

from sensors.keys.held_requests import waiting_boxes
from tenants.decisions import decidable_by
from tenants.models import Person


def waiting_count(person: Person, now: datetime) -> int:
    """How many decisions wait for this person, as the navigation of each page says.

    For a customer's people with the boxes whose key is held. For staff without: to find those among everybody's boxes
    takes a look at each box, which is left to the page of decisions itself.
    """
    asked = decidable_by(person, now).count()
    return asked if person.is_staff else asked + waiting_boxes(person, now).order_by().count()

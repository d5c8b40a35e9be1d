from datetime import datetime

from sensors.keys.held_requests import waiting_boxes
from tenants.decisions import decidable_by
from tenants.models import Person


def waiting_count(person: Person, now: datetime) -> int:
    """How many decisions wait for this person, as their page shows them."""
    return decidable_by(person, now).count() + waiting_boxes(person, now).order_by().count()

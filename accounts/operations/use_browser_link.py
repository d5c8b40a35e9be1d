from django.db import transaction
from django.utils import timezone

from accounts.known_browsers import binding_of
from accounts.models import BrowserLink
from accounts.operations.record_sign_in import DOOR, Caller, Step, record_sign_in
from accounts.operations.send_browser_link import LIFE, hash_of
from tenants.models import Person


class LinkRefused(Exception):
    """Used, too old, or void since a new password: one answer for all."""


@transaction.atomic(durable=True)
def use_browser_link(*, secret: str, caller: Caller) -> Person:
    """Whose browser is known from now on. Raises LinkRefused."""
    person = person_of_link(secret)
    # Of two at once, one finds the row gone.
    if person is None or not BrowserLink.objects.filter(secret_hash=hash_of(secret)).delete()[0]:
        raise LinkRefused
    record_sign_in(person=person, step=Step.BROWSER_KNOWN, actor=DOOR, caller=caller)
    return person


def person_of_link(secret: str) -> Person | None:
    """None if the link is not good, or not any more."""
    fresh = BrowserLink.objects.filter(secret_hash=hash_of(secret), made_at__gt=timezone.now() - LIFE)
    link = fresh.select_related("person").first()
    if link is None or not link.person.is_active or link.binding != binding_of(link.person.email):
        return None
    return link.person

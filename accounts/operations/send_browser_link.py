"""Mail somebody a link that makes the browser in which it is opened a known one."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.known_browsers import binding_of
from accounts.models import BrowserLink
from accounts.operations.record_sign_in import DOOR, Caller, Step, record_sign_in
from notices.operations.queue_mails import queue_mails
from tenants.models import Person

LIFE = timedelta(hours=1)


@transaction.atomic(durable=True)
def send_browser_link(*, email: str, caller: Caller) -> None:
    """Nothing happens for an address that is nobody's, or of somebody who may not sign in."""
    person = Person.objects.active().filter(email=email).first()
    if person is None:
        return
    now = timezone.now()
    BrowserLink.objects.filter(person=person, made_at__lt=now - LIFE).delete()
    secret = secrets.token_urlsafe(32)
    BrowserLink.objects.create(
        person=person, secret_hash=hash_of(secret), binding=binding_of(person.email), made_at=now
    )
    queue_mails(
        recipients=[person.email],
        template="browser_link",
        about=f"person:{person.pk}",
        context={"person": person, "path": reverse("browser-link-use", args=[secret]), **caller.as_details()},
        forget_text=True,
    )
    record_sign_in(person=person, step=Step.BROWSER_ASK, actor=DOOR, caller=caller)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

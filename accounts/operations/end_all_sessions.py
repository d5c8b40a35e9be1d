"""Sign everybody out: after a restoration nobody knows whose sessions and links had ended since the backup."""

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import BrowserLink


@transaction.atomic(durable=True)
def end_all_sessions() -> None:
    """Links that were mailed end, too. Passwords and second factors stay those of the backup."""
    Session.objects.all().delete()
    BrowserLink.objects.all().delete()

"""Sign everybody out: after a restoration nobody knows what had ended since the backup."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.models import AccessToken, BrowserLink


@transaction.atomic(durable=True)
def end_all_sessions() -> None:
    """Links that were mailed, and programs' tokens, end, too. Passwords and second factors stay those of the backup."""
    Session.objects.all().delete()
    BrowserLink.objects.all().delete()
    AccessToken.objects.filter(revoked_at=None).update(revoked_at=timezone.now())

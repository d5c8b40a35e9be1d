"""Write down when and from where a token was used."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import AccessToken, AccessTokenUse

AT_MOST_EVERY = timedelta(minutes=1)


def note_token_use(*, token: AccessToken, address: str) -> None:
    """At most once a minute: of many calls at once, the first one's address stands."""
    now = timezone.now()
    if token.use.at is not None and token.use.at > now - AT_MOST_EVERY:
        return
    due = Q(at=None) | Q(at__lte=now - AT_MOST_EVERY)
    AccessTokenUse.objects.filter(due, token=token).update(at=now, address=address)

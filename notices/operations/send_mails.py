"""Send what waits in the outbox."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from notices.models import Mail

logger = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(minutes=10)
FORGOTTEN = "(It held a link for its reader alone.)\n"


def send_mails(*, limit: int = 100) -> int:
    """How many were sent. No transaction is open while the mail server is spoken to: it may take its time.

    A mail may be sent twice if the process dies between the mail server's answer and the note of it: better than never.
    """
    waiting = Mail.objects.waiting(timezone.now()).order_by("pk")
    return sum(_send_one(mail) for mail in list(waiting[:limit]))


def _send_one(mail: Mail) -> bool:
    if not _claim(mail):
        return False
    try:
        EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.recipient]).send()
    except Exception as error:  # any failure of the mail server means: try again later
        Mail.objects.filter(pk=mail.pk).update(last_error=f"{type(error).__name__}: {error}"[:200])
        logger.warning("mail %s could not be sent, attempt %s: %s", mail.pk, mail.attempts + 1, type(error).__name__)
        return False
    kept = {"body": FORGOTTEN} if mail.forget_text else {}
    Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), last_error="", **kept)
    return True


def _claim(mail: Mail) -> bool:
    """Put off the next attempt before making this one, so that no other worker makes it at the same time."""
    now = timezone.now()
    pause = min(timedelta(seconds=5 * 2 ** min(mail.attempts + 1, 10)), LONGEST_PAUSE)
    unclaimed = Mail.objects.waiting(now).filter(pk=mail.pk, attempts=mail.attempts)
    return bool(unclaimed.update(attempts=F("attempts") + 1, next_attempt_at=now + pause))

"""Send what waits in the outbox."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from tenants.models import Mail

logger = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(minutes=10)


def send_mails(*, limit: int = 100) -> int:
    """How many were sent. One transaction each, so that a mail server that fails half-way repeats none of the others.

    A mail may be sent twice if the process dies between the mail server's answer and the commit: better than never.
    """
    sent = 0
    waiting = Mail.objects.waiting(timezone.now()).order_by("pk")
    for key in list(waiting.values_list("pk", flat=True)[:limit]):
        sent += _send_one(key)
    return sent


@transaction.atomic
def _send_one(key: int) -> bool:
    mail = Mail.objects.select_for_update(skip_locked=True).filter(pk=key, sent_at=None).first()
    if mail is None:
        return False
    mail.attempts += 1
    try:
        EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.recipient]).send()
    except Exception as error:  # any failure of the mail server means: try again later
        pause = min(timedelta(seconds=5 * 2 ** min(mail.attempts, 10)), LONGEST_PAUSE)
        mail.next_attempt_at, mail.last_error = (
            timezone.now() + pause,
            f"{type(error).__name__}: {error}"[:200],
        )
        logger.warning("mail %s could not be sent, attempt %s: %s", key, mail.attempts, type(error).__name__)
    else:
        mail.sent_at, mail.last_error = timezone.now(), ""
    mail.save(update_fields=["attempts", "next_attempt_at", "last_error", "sent_at"])
    return mail.sent_at is not None

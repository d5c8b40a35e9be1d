"""Put mails into the outbox, in the transaction that gives the reason for them."""

from collections.abc import Iterable

from django.conf import settings

from notices.models import Mail
from notices.operations.wake_worker import wake_worker
from notices.operations.write_mail import write_mail
from notices.readers import manners_of


def queue_mails(
    *,
    recipients: Iterable[str],
    template: str,
    context: dict[str, object],
    about: str,
    forget_text: bool = False,
) -> list[Mail]:
    """Each in the language and the time zone of who gets it: `context` is read once for each of these.

    `forget_text` for a mail that holds a link: its text is kept until it is sent, and shown to nobody.
    """
    addresses = sorted(set(recipients))
    written: dict[str, tuple[str, str]] = {}
    manners = manners_of(addresses, only_english=template in settings.STILL_ENGLISH_MAILS)
    for manner, readers in manners.items():
        with manner.spoken():
            written |= dict.fromkeys(readers, write_mail(template=template, context=context))
    mails = Mail.objects.bulk_create(
        Mail(recipient=address, subject=subject, body=body, about=about, kind=template, forget_text=forget_text)
        for address, (subject, body) in sorted(written.items())
    )
    wake_worker(task="tenants.tasks.send_mails")
    return mails

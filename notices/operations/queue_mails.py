"""Put mails into the outbox, in the transaction that gives the reason for them."""

from collections.abc import Iterable

from notices.models import Mail
from notices.operations.wake_worker import wake_worker
from notices.operations.write_mail import write_mail


def queue_mails(
    *,
    recipients: Iterable[str],
    template: str,
    context: dict[str, object],
    about: str,
    forget_text: bool = False,
) -> list[Mail]:
    """`forget_text` for a mail that holds a link: its text is kept until it is sent, and shown to nobody."""
    subject, body = write_mail(template=template, context=context)
    mails = Mail.objects.bulk_create(
        Mail(recipient=recipient, subject=subject, body=body, about=about, kind=template, forget_text=forget_text)
        for recipient in sorted(set(recipients))
    )
    wake_worker(task="tenants.tasks.send_mails")
    return mails

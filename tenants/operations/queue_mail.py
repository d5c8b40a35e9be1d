"""Put mails into the outbox, in the transaction that gives the reason for them."""

from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string

from tenants.models import Mail
from tenants.operations.wake_worker import wake_worker


def queue_mails(*, recipients: Iterable[str], template: str, context: dict[str, object], about: str) -> list[Mail]:
    """`templates/mail/<template>.txt`: its first line is the subject, the rest the text.

    Links are `base_url` and a path: mails are written at the machines' door, too, which knows no page by name.
    """
    known = {"base_url": settings.BASE_URL, "provider_name": settings.PROVIDER_NAME}
    subject, _, body = render_to_string(f"mail/{template}.txt", context | known).strip().partition("\n")
    mails = Mail.objects.bulk_create(
        Mail(recipient=recipient, subject=subject.strip()[:200], body=body.strip() + "\n", about=about)
        for recipient in sorted(set(recipients))
    )
    wake_worker(task="tenants.tasks.send_mails")
    return mails

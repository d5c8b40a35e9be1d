"""Tell a customer's people of a change, and know when they were told. The worker's alone.

Somebody who took over the people's door can write a change into the database, but not that anybody was told of it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from notices.models import Mail
from notices.operations.queue_mails import queue_mails
from notices.operations.send_mails import send_mails
from tenants.audiences import own_people_to_tell, people_to_tell
from tenants.models import Announcement, Customer


def announce(*, about: str, customer: Customer, template: str, context: dict[str, object]) -> datetime | None:
    """When it was told, None while that is still to come. Asked again it queues nothing twice.

    Told means: the mail server has taken a mail to one of the customer's own people, or of the provider's where the
    customer has none, and was offered each of the others. One address that bounces holds nothing up; where there is
    nobody at all to tell, it is never told.
    """
    row = Announcement.objects.filter(about=about).first() or _queue(about, customer, template, context)
    if row.announced_at is None and (told_at := _told_at(row.mails)):
        row.announced_at = told_at
        row.save(update_fields=["announced_at"])
    return row.announced_at


def announce_all(*kinds: Callable[[], int]) -> None:
    """Each looks for changes of one kind, announces them and says how many are still to be told of."""
    if sum([look() for look in kinds]):
        send_mails()
        for look in kinds:
            look()


@transaction.atomic
def _queue(about: str, customer: Customer, template: str, context: dict[str, object]) -> Announcement:
    """Of two workers at once one fails with an IntegrityError, and its mails are gone with it."""
    own = set(own_people_to_tell(customer))
    mails = queue_mails(recipients=people_to_tell(customer), template=template, about=about[:80], context=context)
    counted = [mail.pk for mail in mails if mail.recipient in own or not own]
    return Announcement.objects.create(about=about, mails=counted, queued_at=timezone.now())


def _told_at(mails: Iterable[int]) -> datetime | None:
    offered = list(Mail.objects.filter(pk__in=mails).values_list("attempts", "sent_at"))
    sent = [at for _, at in offered if at]
    return max(sent) if sent and all(attempts for attempts, _ in offered) else None

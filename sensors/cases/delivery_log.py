"""Whom a case's mails were for, and what became of each: as far as the one who reads it may see.

From the outbox, which keeps each mail. What is known is that the mail server took it, never that somebody read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from notices.models import Mail
from sensors.cases.mail_words import kind_in_words, trouble_in_words
from sensors.models import Case
from tenants.models import Customer, Person

SHOWN = 20
_WAITS = Q(sent_at=None)


class Party(models.TextChoices):
    """Whose people they are today: an account may have been changed since a mail was written."""

    CUSTOMER = "customer", _("The customer's people")
    PROVIDER = "provider", _("The provider's staff")
    OTHERS = "others", _("Others, whose account was changed or ended since")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one mail, or of all mails of one kind to those who are not named to this reader."""

    who: str
    address: str
    party: Party
    people: int
    kind: str | None
    mails: int
    handed_over: int
    handed_over_at: datetime | None  # the last of them
    waiting_since: datetime | None  # the first of those that wait
    tries: int
    trouble: str

    @property
    def by(self) -> str:
        """There is no other way yet."""
        return "mail"

    @property
    def what(self) -> str:
        return kind_in_words(self.kind)


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    people: int
    people_told: int
    mails: int
    mails_waiting: int
    deliveries: tuple[Delivery, ...]
    more: int  # mails that would be named to this reader, but are too many

    @property
    def summary(self) -> str:
        if not self.mails:
            return gettext("No mail about this case is on record.")
        waiting = ngettext("%(mails)s mail is waiting", "%(mails)s mails are waiting", self.mails_waiting)
        waiting %= {"mails": self.mails_waiting}
        if not self.people_told:
            return gettext("Nobody was told yet: %(waiting)s.") % {"waiting": waiting}
        told = self._told % {"told": self.people_told, "people": self.people}
        return f"{told}; {waiting}." if self.mails_waiting else f"{told}."

    @property
    def _told(self) -> str:
        """Without the dot at its end."""
        if self.people_told == self.people:
            return ngettext("%(told)s person was told", "%(told)s people were told", self.people)
        if self.people_told == 1:
            return gettext("%(told)s of %(people)s people was told")
        return gettext("%(told)s of %(people)s people were told")


def delivery_log(case: Case, reader: Person) -> DeliveryLog:
    """In a number of queries that does not grow. The caller has made sure that `reader` may see the case."""
    mails = Mail.objects.filter(about=case.about)
    sums = mails.aggregate(
        people=Count("recipient", distinct=True),
        people_told=Count("recipient", distinct=True, filter=~_WAITS),
        mails=Count("pk"),
        mails_waiting=Count("pk", filter=_WAITS),
    )
    customer = case.sensor.customer
    named, folded = mails, list[Delivery]()
    sees_all = bool(reader.provider_roles())
    if not sees_all:
        own = Person.objects.of_customer(customer).values("email")
        named, folded = mails.filter(recipient__in=own), list(_folded(mails.exclude(recipient__in=own)))
    shown = list(_named(named, customer, with_address=sees_all))
    more = sums["mails"] - sum(each.mails for each in folded) - len(shown)
    return DeliveryLog(**sums, deliveries=(*folded, *shown), more=more)


def _folded(mails: QuerySet[Mail]) -> Iterator[Delivery]:
    """How many of them know of what: nobody's name, address or mail server."""
    staff = Person.objects.provider_staff().values("email")
    party = models.Case(When(recipient__in=staff, then=Value(Party.PROVIDER.value)), default=Value(Party.OTHERS.value))
    sums = mails.annotate(party=party).values("party", "kind")
    rows = sums.annotate(
        people=Count("recipient", distinct=True),
        mails=Count("pk"),
        handed_over=Count("sent_at"),
        handed_over_at=Max("sent_at"),
        waiting_since=Min("created_at", filter=_WAITS),
        tries=Max("attempts", filter=_WAITS, default=0),
        latest=Max("pk"),
    )
    for row in rows.order_by("-party", "-latest"):
        whose = Party(row["party"])
        yield Delivery(
            who=f"{whose.label} ({row['people']})",
            address="",
            party=whose,
            people=row["people"],
            kind=row["kind"],
            mails=row["mails"],
            handed_over=row["handed_over"],
            handed_over_at=row["handed_over_at"],
            waiting_since=row["waiting_since"],
            tries=row["tries"],
            trouble="",
        )


def _named(mails: QuerySet[Mail], customer: Customer, *, with_address: bool) -> Iterator[Delivery]:
    """Those that wait, then the latest."""
    columns = ("recipient", "kind", "created_at", "sent_at", "attempts", "last_error")
    rows = list(mails.order_by(F("sent_at").desc(nulls_first=True), "-pk").values(*columns)[:SHOWN])
    people = _names_of({row["recipient"] for row in rows}, customer)
    for row in rows:
        name, party = people.get(row["recipient"], ("", Party.OTHERS))
        yield Delivery(
            who=name,
            address=row["recipient"] if with_address else "",
            party=party,
            people=1,
            kind=row["kind"],
            mails=1,
            handed_over=1 if row["sent_at"] else 0,
            handed_over_at=row["sent_at"],
            waiting_since=None if row["sent_at"] else row["created_at"],
            tries=row["attempts"],
            trouble="" if row["sent_at"] else trouble_in_words(row["last_error"]),
        )


def _names_of(addresses: set[str], customer: Customer) -> dict[str, tuple[str, Party]]:
    """Of whom the reader may see by name, all of them: the others were folded."""
    staff = Exists(Person.objects.provider_staff().filter(pk=OuterRef("pk")))
    own = Exists(Person.objects.of_customer(customer).filter(pk=OuterRef("pk")))
    people = Person.objects.filter(email__in=addresses).annotate(is_staff_today=staff, is_own_today=own)
    return {
        email: (name, Party.PROVIDER if is_staff else Party.CUSTOMER if is_own else Party.OTHERS)
        for email, name, is_staff, is_own in people.values_list("email", "name", "is_staff_today", "is_own_today")
    }

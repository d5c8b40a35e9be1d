"""Entries of the audit trail with names in the place of keys, in a number of queries that does not grow with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from sensors.desk.record_words import changes, further, sentence
from sensors.models import Case, Gateway, LossCard, Sensor
from tenants.models import AuditEntry, AuditVerification, Customer, Person, Site
from tenants.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    at: datetime
    customer: str
    sequence: int
    sentence: str
    changes: list[tuple[str, str, str]]
    further: list[tuple[str, str]]


def records(entries: Sequence[AuditEntry], reader: Person) -> list[Record]:
    """In their order. `entries` are with their chain and its customer; names are those that `reader` may see."""
    names = _names(entries, reader)

    def named(text: str) -> str:
        return names.get(text, text)

    return [
        Record(
            at=entry.at,
            customer=str(entry.chain.customer or ""),
            sequence=entry.sequence,
            sentence=sentence(entry.action, actor=named(entry.actor), subject=named(entry.subject)),
            changes=changes(entry.details),
            further=further(entry.details),
        )
        for entry in entries
    ]


def last_verification() -> AuditVerification | None:
    """Of all chains together: none is recomputed when somebody looks."""
    return AuditVerification.objects.order_by("-pk").first()


def _people(entries: Sequence[AuditEntry], reader: Person) -> Iterable[Person]:
    """To whom staff are no strangers: everybody. Else who did something here, and whom the customer has now.

    An entry may name an address that was only ever asked for, and whose account is another customer's.
    """
    actors = {entry.actor.removeprefix("person:") for entry in entries if entry.actor.startswith("person:")}
    subjects = {entry.subject.removeprefix("person:") for entry in entries if "@" in entry.subject}
    known = Q(email__in=actors | subjects)
    if not reader.provider_roles():
        own = Customer.objects.visible_to(reader)
        known = Q(email__in=actors) | Q(email__in=subjects, groups__customerrolegroup__customer__in=own)
    people: QuerySet[Person] = Person.objects.filter(known).distinct()
    return people


def _names(entries: Sequence[AuditEntry], reader: Person) -> dict[str, str]:
    """By what an entry calls them: `person:ADDRESS`, an address, `sensor:` and `machine:` and a subject, `case:KEY`."""
    texts = {text for entry in entries for text in (entry.actor, entry.subject)}
    names = {text: "the portal" for text in texts if text.startswith("process:")}
    # Gateways are the provider's: its staff alone see which.
    names |= {text: "a machine of the provider" for text in texts if text.startswith(("machine:", "gateway:"))}
    for person in _people(entries, reader):
        names |= {f"person:{person.email}": f"{person} ({person.email})", person.email: f"{person} ({person.email})"}
    subjects = {text.partition(":")[2] for text in texts if text.startswith(("sensor:", "machine:", "gateway:"))}
    for gateway in Gateway.objects.visible_to(reader).filter(subject__in=subjects):
        words = f"gateway {gateway.name}"
        names |= {f"gateway:{gateway.subject}": words, f"machine:{gateway.subject}": words}
    for sensor in Sensor.objects.visible_to(reader).filter(subject__in=subjects):
        names |= {f"sensor:{sensor.subject}": sensor.name, f"machine:{sensor.subject}": sensor.name}
    keys = {text.removeprefix("case:") for text in texts if text.startswith("case:")}
    for case in Case.objects.visible_to(reader).filter(pk__in=keys).select_related("sensor"):
        names[case.about] = case.sensor.name
    cards = [text.removeprefix("card:") for text in texts if text.startswith("card:")]
    for card in LossCard.objects.permitting(reader, Permission.CASE_VIEW).filter(pk__in=cards).select_related("site"):
        names[card.about] = str(card)
    sites = {text.removeprefix("site:") for text in texts if text.startswith("site:")}
    for site in Site.objects.visible_to(reader).filter(pk__in=sites):
        names[f"site:{site.pk}"] = site.name
    return names

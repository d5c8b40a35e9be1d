"""What somebody looks for, as the address of the page says it, and the sensors that it finds."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict

from sensors.keys.standings.kinds import Standing
from sensors.keys.standings.rules import standing_rule
from sensors.keys.standings.tally import Tally
from sensors.models import IN_ORDER, Case, Gateway, Sensor, Session, UnderlayAddress
from sensors.models.case import case_number
from tenants.models import Customer, Person, Site

Row = TypeVar("Row", Customer, Site)

MOST_WORDS = 80
# So much of a case's key, which its address shows, is taken for one, without its dashes.
_KEY = re.compile(r"[0-9a-f]{8,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Each may be missing. `faults` name what the address says that there is not; the rest counts all the same."""

    words: str
    standing: Standing | None
    customer: Customer | None
    site: Site | None
    gateway: Gateway | None
    faults: tuple[str, ...]

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.standing or self.customer or self.site or self.gateway)

    def address(self, **different: str) -> str:
        """The query of a page that looks for the same, but for what is named; empty leaves it out."""
        named = {
            "q": self.words,
            "state": self.standing or "",
            "customer": self.customer.slug if self.customer else "",
            "site": str(self.site.pk) if self.site else "",
            "gateway": self.gateway.name if self.gateway else "",
        }
        return urlencode({name: value for name, value in (named | different).items() if value})


NOTHING_WANTED = Wanted(words="", standing=None, customer=None, site=None, gateway=None, faults=())


def read_wanted(query: QueryDict, person: Person) -> Wanted:
    """Raises Http404 for a customer or a site that there is not, or not for this person: the two look the same."""
    faults: list[str] = []
    customers, sites = Customer.objects.visible_to(person), Site.objects.visible_to(person).select_related("customer")
    customer = _one(customers.filter(slug=slug)) if (slug := _text(query, "customer")) else None
    site = _one(sites.filter(pk=_as_uuid(text))) if (text := _text(query, "site")) else None
    if customer and site and site.customer_id != customer.pk:
        faults.append(f"{site.name} is no site of {customer.name}.")
    standing, gateway = None, None
    if text := _text(query, "state"):
        if text in set(Standing):
            standing = Standing(text)
        else:
            faults.append(f"There is no state called \u201c{text}\u201d: sensors in all states are shown.")
    if text := _text(query, "gateway"):
        gateway = Gateway.objects.visible_to(person).filter(name=text).first()
        if gateway is None:
            faults.append(f"There is no gateway called \u201c{text}\u201d: sensors of all gateways are shown.")
    return Wanted(
        words=_text(query, "q"), standing=standing, customer=customer, site=site, gateway=gateway, faults=tuple(faults)
    )


def find_sensors(wanted: Wanted, person: Person, *, tally: Tally, now: datetime) -> QuerySet[Sensor]:
    """In a stable order: customer, site, and names as people count."""
    found = Sensor.objects.visible_to(person)
    if wanted.customer:
        found = found.filter(site__customer=wanted.customer)
    if wanted.site:
        found = found.filter(site=wanted.site)
    if wanted.gateway:
        found = found.filter(gateway=wanted.gateway)
    if wanted.words:
        found = found.filter(_named(wanted.words, person))
    if wanted.standing:
        found = found.filter(standing_rule(wanted.standing, now=now, elsewhere=tally.elsewhere))
    return found.order_by(*IN_ORDER)


def _named(words: str, person: Person) -> Q:
    """Part of what is written about a box, or all of an address, a case's number, or the beginning of its key."""
    sites = Site.objects.visible_to(person).order_by()
    named = Q(name__icontains=words) | Q(customer__name__icontains=words)
    found = Q(searched__contains=words.lower()) | Q(site__in=sites.filter(named).values("pk"))
    if address := _as_address(words):
        tunnels = Session.objects.current().filter(public_address=address)
        found |= Q(pk__in=tunnels.values("sensor"))
        found |= Q(underlay_address__in=UnderlayAddress.objects.filter(address=address).values("pk"))
    cases = Case.objects.visible_to(person).order_by()
    key = words.lower().replace("-", "")
    if _KEY.fullmatch(key):
        first, last = UUID(key.ljust(32, "0")), UUID(key.ljust(32, "f"))
        found |= Q(pk__in=cases.filter(pk__gte=first, pk__lte=last).values("sensor"))
    if (number := case_number(words)) is not None:
        found |= Q(pk__in=cases.filter(number=number).values("sensor"))
    return found


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").strip()[:MOST_WORDS].replace("\0", "")


def _as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _as_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _one(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise Http404
    return found

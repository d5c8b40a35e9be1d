"""What a new customer still lacks until its first box is at work, and where each is done."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from sensors.fleet.live_status import Status
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.models import EnrolmentCode, Sensor, Session
from sensors.states import SensorState
from tenants.models import Approval, Customer, Person, Site
from tenants.networks import parse_networks
from tenants.roles import CustomerRole

# Of these there may be thousands; a page names a few.
MOST_NAMED = 8
_WITHOUT_SETUP = (SensorState.REGISTERED, SensorState.RETURNED)


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    done: bool
    words: tuple[str, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Appearance:
    """A box of a site was seen at an address that the site's networks do not say, or say only by saying anywhere."""

    site: Site
    box: Sensor
    address: str

    @property
    def network(self) -> str:
        return str(ipaddress.ip_network(self.address))


def steps_of(customer: Customer, *, may_invite: bool) -> list[Step]:
    sites = list(Site.objects.filter(customer=customer).annotate(boxes=Count("sensors")))
    return [
        Step(
            "Customer", True, (f"{customer.name} is registered.",), (_change("tenants_customer", customer, "Change"),)
        ),
        _sites(customer, sites),
        _people(customer, may_invite=may_invite),
        _boxes(sites),
        _codes(customer),
        _first_box(customer),
    ]


def _sites(customer: Customer, sites: list[Site]) -> Step:
    anywhere = [site for site in sites if is_anywhere(site)]
    words = [f"{_many(len(sites), 'site')}." if sites else "No site yet: a box stands at one."]
    if anywhere:
        words.append(
            f"Boxes may appear from anywhere at {_names(site.name for site in anywhere)}. Say from where, once the"
            " first one was seen: until then a stolen box would get its key anywhere, too."
        )
    links = [_change("tenants_site", site, f"Networks of {site.name}") for site in anywhere[:MOST_NAMED]]
    return Step(
        "Sites", bool(sites) and not anywhere, tuple(words), (_add("tenants_site", customer, "Add a site"), *links)
    )


def is_anywhere(site: Site) -> bool:
    return any(network.prefixlen == 0 for network in parse_networks(site.expected_networks))


def _people(customer: Customer, *, may_invite: bool) -> Step:
    people = Person.objects.active().filter(groups__customerrolegroup__customer=customer).distinct()
    reporters = people.filter(groups__customerrolegroup__role__in=(CustomerRole.MANAGER, CustomerRole.CONTACT))
    never = people.filter(last_login=None)
    waiting = Approval.objects.waiting(timezone.now()).filter(
        action="person:invite", details__customer=str(customer.pk)
    )
    words = [f"{_many(people.count(), 'person', 'people')}."]
    if not reporters.exists():
        words.append("Nobody can report a loss yet: invite a contact or a manager.")
    if names := _names(never.values_list("email", flat=True)[: MOST_NAMED + 1]):
        words.append(f"Never signed in so far: {names}.")
    if asked := waiting.count():
        words.append(f"{_many(asked, 'invitation')} wait{'s' if asked == 1 else ''} for another administrator.")
    links = [_add("tenants_person", customer, "Invite somebody")] if may_invite else []
    if asked:
        links.append(Link("Requests", reverse("admin:tenants_approval_changelist")))
    if not may_invite:
        words.append("An administrator invites people.")
    return Step("People", reporters.exists(), tuple(words), tuple(links))


def _boxes(sites: list[Site]) -> Step:
    count = sum(site.boxes for site in sites)  # type: ignore[attr-defined]  # from the query
    empty = [site for site in sites if not site.boxes]  # type: ignore[attr-defined]
    words = [f"{_many(count, 'box', 'boxes')} registered." if count else "No box yet."]
    if count and empty:
        words.append(f"None at {_names(site.name for site in empty)}.")
    links = [
        Link(f"Add a box at {site.name}", f"{reverse('admin:sensors_sensor_add')}?site={site.pk}")
        for site in (empty or sites)[:MOST_NAMED]
    ]
    return Step("Boxes", bool(count), tuple(words), tuple(links))


def _codes(customer: Customer) -> Step:
    usable = EnrolmentCode.objects.filter(
        sensor=OuterRef("pk"), used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    boxes = Sensor.objects.filter(site__customer=customer)
    waiting = boxes.filter(state__in=_WITHOUT_SETUP).annotate(has_code=Exists(usable))
    without = waiting.filter(has_code=False).order_by("site__name", "name")
    if not boxes.exists():
        return Step("Codes", False, ("Each box needs a one-time code, with which it enrols.",))
    words = []
    if lacking := without.count():
        words.append(
            f"{_many(lacking, 'box', 'boxes')} without a code: issue it when somebody is about to set the box up."
        )
    if issued := waiting.filter(has_code=True).count():
        words.append(f"{_many(issued, 'code')} not used yet.")
    words = words or ["Every box has enrolled."]
    links = [
        Link(f"Code for {box.name}", reverse("admin:sensors_sensor_code", args=[box.pk]))
        for box in without[:MOST_NAMED]
    ]
    return Step("Codes", not lacking, tuple(words), tuple(links))


def _first_box(customer: Customer) -> Step:
    if (green := first_green_box(customer)) is not None:
        return Step("First box at work", True, (f"{green.name} is connected, its disk is open.",), (_live(green),))
    enrolled = Sensor.objects.filter(site__customer=customer, state=SensorState.IN_SERVICE)
    if not enrolled.exists():
        return Step("First box at work", False, ("No box has enrolled yet.",))
    cards = [sensor_card(sensor) for sensor in with_live_state(enrolled.order_by("-registered_at"))[:MOST_NAMED]]
    words = tuple(f"{card.sensor.name}: {card.status.label}. {card.status.reason}" for card in cards)
    return Step("First box at work", False, words, tuple(_live(card.sensor) for card in cards))


def first_green_box(customer: Customer) -> Sensor | None:
    """Any of those whose tunnels are up. Looked for among the first hundred of them."""
    up = Sensor.objects.filter(
        site__customer=customer, sessions__ended_at=None, state=SensorState.IN_SERVICE
    ).distinct()
    cards = map(sensor_card, with_live_state(up.order_by("registered_at"))[:100])
    return next((card.sensor for card in cards if card.status.status is Status.OK), None)


def appearances(customer: Customer) -> list[Appearance]:
    """For each site the first box whose tunnel comes from where the site does not say that boxes are."""
    found: dict[Site, Appearance] = {}
    sessions = Session.objects.current().filter(sensor__site__customer=customer, sensor__state=SensorState.IN_SERVICE)
    for session in sessions.select_related("sensor__site__customer").order_by("since")[:200]:
        site = session.sensor.site
        if is_anywhere(site) or not site.expects(ipaddress.ip_address(session.public_address)):
            found.setdefault(site, Appearance(site, session.sensor, session.public_address))
    return list(found.values())[:MOST_NAMED]


def _change(page: str, thing: Customer | Site, label: str) -> Link:
    return Link(label, reverse(f"admin:{page}_change", args=[thing.pk]))


def _add(page: str, customer: Customer, label: str) -> Link:
    return Link(label, f"{reverse(f'admin:{page}_add')}?customer={customer.pk}")


def _live(sensor: Sensor) -> Link:
    return Link(f"Live page of {sensor.name}", reverse("sensor", args=[sensor.pk]))


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def _names(names: Iterable[str]) -> str:
    told = list(names)
    more = len(told) - MOST_NAMED
    return ", ".join(told[:MOST_NAMED]) + (" and others" if more > 0 else "")

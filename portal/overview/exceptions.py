"""What is not as it should be, each with its age, its number, what to do and where. Nothing, if all is well."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse

from limits.kept import Kept
from portal.monitoring.facts import Facts
from portal.monitoring.findings import Finding, Level, findings_of
from portal.monitoring.gathering import gather_facts
from sensors.keys.held_keys import decisions_that_wait_for_people
from sensors.keys.standings.kinds import Standing
from sensors.keys.standings.rules import ENDS_WITHIN, standing_rule
from sensors.keys.standings.tally import STALE, TIMES, Tally
from sensors.models import Case, Gateway, Sensor, Session
from tenants.models import Approval, Person

# What the monitor says of the whole service. Who reads this page has seen that a door answers.
FACTS = Kept(partial(gather_facts, look_at_doors=False), seconds=2, times=TIMES, patience=10, stale=STALE)
# Of these the fleet says more here than the monitor's one figure, by the same rules.
_SAID_OF_THE_FLEET = frozenset({"cases", "held keys", "sensors"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that needs somebody. `since` is the oldest of `count`; None where it has no age."""

    what: str
    facts: str
    mend: str
    count: int = 1
    since: datetime | None = None
    urgent: bool = False
    address: str = ""
    link: str = ""


def needs_of(person: Person, *, facts: Facts, tally: Tally, counts: Counter[Standing], now: datetime) -> list[Need]:
    """The urgent first. `counts` are those of the customers whose sensors this person sees."""
    findings = [finding for finding in findings_of(facts) if finding.level > Level.OK]
    urgent = {_parts(finding)[0] for finding in findings if finding.level is Level.CRITICAL}
    found = [
        *_cases(person, urgent="cases" in urgent),
        *_boxes(person, tally, counts, now),
        *_service(findings, person),
        *_approvals(person, now),
    ]
    return sorted(found, key=lambda need: not need.urgent)


def _cases(person: Person, *, urgent: bool) -> Iterator[Need]:
    known = (
        Case.objects.visible_to(person).order_by().unconfirmed().aggregate(count=Count("pk"), since=Min("opened_at"))
    )
    if known["count"]:
        yield Need(
            what="Not cut off yet",
            facts=f"{_counted(known['count'], 'reported box', 'reported boxes')}, not confirmed by every gateway",
            mend="Its case names the gateway that has not confirmed: look at that host, or at its way to the portal.",
            urgent=urgent,
            address=_fleet(Standing.REPORTED),
            link="Show them",
            **known,
        )


def _boxes(person: Person, tally: Tally, counts: Counter[Standing], now: datetime) -> Iterator[Need]:
    visible = Sensor.objects.visible_to(person).order_by()
    for standing, (facts, mend) in _WORDS.items():
        if counts[standing]:
            sensors = visible.filter(standing_rule(standing, now=now, elsewhere=tally.elsewhere))
            yield Need(
                what=standing.words,
                facts=f"{_counted(counts[standing], 'box', 'boxes')} {facts}",
                mend=mend,
                count=counts[standing],
                since=_since(standing, sensors),
                address=_fleet(standing),
                link="Show them",
            )


_WORDS = {
    Standing.ELSEWHERE: (
        "with a public address that is none of the site's",
        "Call the site: a new line, a box that was moved, or a thief? If nobody knows, report it lost.",
    ),
    Standing.HELD: (
        "without a disk key until somebody has looked",
        "Open the box's page, call the site, then decide.",
    ),
    Standing.SILENT: (
        "without a tunnel",
        "No power, no line, or gone: ask the site. A box that nobody finds is reported lost.",
    ),
    Standing.UNKNOWN: (
        "behind a gateway that is silent or revoked: nothing newer is known",
        "Mend the gateway. The boxes may be well.",
    ),
    Standing.QUIET: (
        "with a tunnel, telling nothing of themselves",
        "On the box: systemctl status nsm-heartbeat.timer.",
    ),
    Standing.CERTIFICATE: (
        f"with a certificate that ends within {ENDS_WITHIN.days} days, or none",
        "A box renews by itself long before: on it, nsm-sensor renew says why it does not.",
    ),
}


def _since(standing: Standing, sensors: QuerySet[Sensor]) -> datetime | None:
    """How long the first of them has been so."""
    of_them = Session.objects.filter(sensor__in=sensors)
    if standing is Standing.ELSEWHERE:
        return of_them.current().aggregate(first=Min("since"))["first"]  # type: ignore[no-any-return]
    if standing is Standing.HELD:
        held = decisions_that_wait_for_people().filter(sensor__in=sensors)
        return held.aggregate(first=Min("at"))["first"]  # type: ignore[no-any-return]
    if standing is Standing.SILENT:
        last = of_them.order_by().values("sensor").annotate(last=Max("ended_at"))
        return last.aggregate(first=Min("last"))["first"]  # type: ignore[no-any-return]
    if standing is Standing.UNKNOWN:
        return sensors.aggregate(first=Min("gateway__contact__last_report_at"))["first"]  # type: ignore[no-any-return]
    if standing is Standing.QUIET:
        return sensors.aggregate(first=Min("contact__last_heartbeat_at"))["first"]  # type: ignore[no-any-return]
    return None


def _service(findings: list[Finding], person: Person) -> Iterator[Need]:
    """What the monitor finds of gateways, mails, the signer, the authority and the audit trail, in its own words."""
    gateways = dict(Gateway.objects.visible_to(person).order_by().values_list("name", "pk"))
    for finding in findings:
        subject, words = _parts(finding)
        if subject in _SAID_OF_THE_FLEET:
            continue
        name = subject.removeprefix("gateway ")
        address, link = _PAGES.get(subject, ("", ""))
        if subject.startswith("gateway ") and name in gateways:
            address, link = reverse("admin:sensors_gateway_change", args=[gateways[name]]), "Open the gateway"
        elif address:
            address = reverse(address)
        yield Need(
            what=subject[:1].upper() + subject[1:],
            facts=words[:1].upper() + words[1:],
            mend=finding.mend,
            urgent=finding.level is Level.CRITICAL,
            address=address,
            link=link,
        )


_PAGES = {
    "mails": ("admin:notices_mail_changelist", "Read the mail server's words"),
    "audit trail": ("admin:tenants_auditentry_changelist", "Open the trail"),
    "requests for certificates": ("admin:sensors_sensor_changelist", "Open the sensors"),
}


def _approvals(person: Person, now: datetime) -> Iterator[Need]:
    waiting = Approval.objects.visible_to(person).waiting(now).order_by()
    known = waiting.aggregate(
        count=Count("pk"), since=Min("requested_at"), own=Count("pk", filter=Q(requested_by=person))
    )
    own = known.pop("own")
    if known["count"]:
        yield Need(
            what="Waits for a second person",
            facts=_counted(known["count"], "request", "requests") + (f", {own} of them your own" if own else ""),
            mend="Make sure of it yourself, then agree or refuse. Your own are for somebody else.",
            address=reverse("decisions"),
            link="Read and decide",
            **known,
        )


def _parts(finding: Finding) -> tuple[str, str]:
    """What it is of, and what is said of that: `gateway gateway-1: silent for 4 hours`."""
    subject, _, words = finding.text.partition(": ")
    return subject, words


def _fleet(standing: Standing) -> str:
    return f"{reverse('sensors')}?state={standing}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"

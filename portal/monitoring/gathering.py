"""The facts, read from the database in a number of queries that does not grow with the fleet."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from notices.models import Mail
from pki.authority.x509 import Profile
from pki.models import Authority, Certificate, CertificateRevocationList, NoAuthority
from portal.monitoring.doors import DOORS
from portal.monitoring.facts import Facts, GatewayFacts, RevocationList, Verification, Waiting
from sensors.fleet.queries import is_quiet, of_sensors_in_service, tunnels_that_are_up
from sensors.keys.held_keys import last_decisions_that_hold
from sensors.keys.session_confirmations import DEADLINE
from sensors.models import Case, CertificateRequest, Gateway, Sensor, SessionQuestion
from sensors.models.gateway import is_silent
from sensors.states import SensorState
from tenants.models import AuditVerification

# Questions live for a minute, and longer where nobody asks after them.
QUESTIONS_OF = timedelta(minutes=1)
_OF_GATEWAY = ("pk", "name", "subject", "generation", "revoked_at")
_OF_CONTACT = ("contact__last_report_at", "contact__observed_generation", "contact__problems")


def gather_facts(*, look_at_doors: bool = True) -> Facts:
    """Raises DatabaseError. What changes meanwhile may show in one figure and not in another."""
    now = timezone.now()
    rows = list(Gateway.objects.order_by("name").values(*_OF_GATEWAY, *_OF_CONTACT))
    sensors = _sensors_by_gateway_and_state()
    up, quiet = _sessions_by_gateway(now)
    serving = [row for row in rows if row["revoked_at"] is None]
    speaking = {row["pk"] for row in serving if _speaks(row, now)}
    in_service = {gateway: states[SensorState.IN_SERVICE] for gateway, states in sensors.items()}
    states = sum(sensors.values(), Counter[str]())
    known_up = sum(up[gateway] for gateway in speaking)
    known = sum(in_service.get(gateway, 0) for gateway in speaking)
    cases = Case.objects.order_by().open().aggregate(
        open=Count("pk"), unconfirmed=Count("pk", filter=Q(confirmed_at=None)),
        oldest=Min("opened_at", filter=Q(confirmed_at=None)),
    )  # fmt: skip
    mails = Mail.objects.filter(sent_at=None).aggregate(
        waiting=Count("pk"), failed=Count("pk", filter=Q(attempts__gte=2)), oldest=Min("created_at")
    )
    requests = CertificateRequest.objects.waiting().aggregate(waiting=Count("pk"), oldest=Min("requested_at"))
    authority = _authority()
    return Facts(
        at=now,
        sensors={state.value: states[state] for state in SensorState},
        tunnels={"up": known_up, "down": known - known_up, "unknown": sum(in_service.values()) - known},
        quiet=sum(quiet[gateway] for gateway in speaking),
        held=_held_by_reason(),
        open_cases=cases["open"],
        unconfirmed_cases=_waiting(cases["unconfirmed"], cases["oldest"], now),
        gateways=_gateways(serving, now),
        revoked_gateways=len(rows) - len(serving),
        mails=_waiting(mails["waiting"], mails["oldest"], now),
        failed_mails=mails["failed"],
        certificate_requests=_waiting(requests["waiting"], requests["oldest"], now),
        authority_ends=authority.certificate.not_valid_after_utc if authority else None,
        revocation_list=_revocation_list(authority),
        verification=_verification(),
        doors=DOORS.get() if look_at_doors else {},
    )


def _speaks(row: Mapping[str, Any], now: datetime) -> bool:
    last = row["contact__last_report_at"]
    return last is not None and not is_silent(last, now)


def _sensors_by_gateway_and_state() -> dict[UUID, Counter[str]]:
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    counted = Sensor.objects.order_by().values_list("gateway", "state").annotate(count=Count("pk"))
    for gateway, state, count in counted:
        found[gateway][state] = count
    return found


def _sessions_by_gateway(now: datetime) -> tuple[Counter[UUID], Counter[UUID]]:
    """How many tunnels are up of sensors in service, and on how many of them the box says nothing."""
    counted = (
        of_sensors_in_service(tunnels_that_are_up())
        .order_by()
        .values_list("gateway")
        .annotate(up=Count("pk"), quiet=Count("pk", filter=is_quiet(now)))
    )
    rows = list(counted)
    return Counter({row[0]: row[1] for row in rows}), Counter({row[0]: row[2] for row in rows})


def _held_by_reason() -> dict[str, int]:
    held = last_decisions_that_hold().order_by().values_list("reason")
    return dict(held.annotate(count=Count("sensor", distinct=True)))


def _gateways(rows: list[dict[str, Any]], now: datetime) -> tuple[GatewayFacts, ...]:
    unanswered = dict(_unanswered(now).values_list("gateway").annotate(count=Count("pk")))
    certificates = Certificate.objects.not_revoked().filter(
        profile=Profile.GATEWAY, subject__in=[row["subject"] for row in rows]
    )
    ends = dict(certificates.order_by().values_list("subject").annotate(last=Max("not_after")))
    return tuple(
        GatewayFacts(
            name=row["name"],
            report_age=_age(row["contact__last_report_at"], now),
            generation_lag=max(0, row["generation"] - (row["contact__observed_generation"] or 0)),
            problems=len(row["contact__problems"] or ()),
            unanswered=unanswered.get(row["pk"], 0),
            certificate_ends=ends.get(row["subject"]),
        )
        for row in rows
    )


def _unanswered(now: datetime) -> QuerySet[SessionQuestion]:
    return SessionQuestion.objects.order_by().filter(
        answered_at=None, asked_at__gte=now - QUESTIONS_OF, asked_at__lt=now - timedelta(seconds=DEADLINE)
    )


def _authority() -> Authority | None:
    try:
        return Authority.objects.current()
    except NoAuthority:
        return None


def _revocation_list(authority: Authority | None) -> RevocationList | None:
    lists = CertificateRevocationList.objects.filter(authority=authority).order_by("-number")
    found = lists.values_list("this_update", "next_update").first()
    return RevocationList(*found) if found else None


def _verification() -> Verification | None:
    found = AuditVerification.objects.order_by("-pk").values_list("finished_at", "broken_chains").first()
    return Verification(*found) if found else None


def _waiting(count: int, oldest: datetime | None, now: datetime) -> Waiting:
    return Waiting(count, _age(oldest, now) or 0.0)


def _age(at: datetime | None, now: datetime) -> float | None:
    """In seconds; what was written by a clock that is ahead is new."""
    return None if at is None else max(0.0, (now - at).total_seconds())

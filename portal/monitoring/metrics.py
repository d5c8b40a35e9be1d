"""The facts as Prometheus reads them. Times are seconds, ends are seconds since 1970, and nothing names a customer."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from portal.monitoring.decisions import Decision
from portal.monitoring.facts import Facts, Waiting
from portal.monitoring.request_counts import BUCKETS, Durations, Series


def metrics_page(facts: Facts, decisions: Mapping[Decision, int], requests: Mapping[Series, Durations]) -> bytes:
    """In Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Known(facts, decisions, requests))
    return generate_latest(registry)


class _Known(Collector):
    def __init__(self, facts: Facts, decisions: Mapping[Decision, int], requests: Mapping[Series, Durations]) -> None:
        self._facts, self._decisions, self._requests = facts, decisions, requests

    def collect(self) -> Iterable[Metric]:
        facts = self._facts
        yield from _of_sensors(facts)
        yield _gauge("nsmaas_cases_open", "Cases that are not closed.", facts.open_cases)
        yield from _of_waiting(
            "nsmaas_cases_unconfirmed", "Open cases whose cut no gateway has confirmed", facts.unconfirmed_cases
        )
        yield from _of_gateways(facts)
        yield from _of_waiting("nsmaas_mails_waiting", "Mails that are not sent yet", facts.mails)
        yield _gauge(
            "nsmaas_mails_failed", "Of those, how many the mail server did not take at least once.", facts.failed_mails
        )
        yield from _of_waiting(
            "nsmaas_certificate_requests_waiting", "Requests that wait for the signer", facts.certificate_requests
        )
        yield from _of_authority(facts)
        if facts.verification is not None:
            yield _gauge(
                "nsmaas_audit_verified_timestamp_seconds",
                "When verify_audit last went through all chains.",
                facts.verification.finished_at.timestamp(),
            )
            yield _gauge(
                "nsmaas_audit_broken_chains", "How many it found broken then.", facts.verification.broken_chains
            )
        total = CounterMetricFamily(
            "nsmaas_disk_key_decisions", "Decisions on requests for disk keys.", labels=("outcome", "reason")
        )
        for (outcome, reason), count in sorted(self._decisions.items()):
            total.add_metric((outcome, reason), count)
        yield total
        yield _of_requests(self._requests)


def _of_sensors(facts: Facts) -> Iterable[Metric]:
    yield _by("nsmaas_sensors", "Sensors by state.", "state", facts.sensors)
    yield _by(
        "nsmaas_sensors_in_service",
        "Sensors in service by their tunnel; unknown where the gateway is silent or revoked.",
        "tunnel",
        facts.tunnels,
    )
    yield _gauge(
        "nsmaas_sensors_quiet", "Sensors whose tunnel is up and that sent no heartbeat for 15 minutes.", facts.quiet
    )
    yield _by(
        "nsmaas_sensors_key_held",
        "Sensors in service whose last request for their key was held, by reason.",
        "reason",
        facts.held,
    )


def _of_gateways(facts: Facts) -> Iterable[Metric]:
    yield _by(
        "nsmaas_gateways",
        "Gateways.",
        "state",
        {"serving": len(facts.gateways), "revoked": facts.revoked_gateways},
    )
    figures: tuple[tuple[str, str, dict[str, float | None]], ...] = (
        (
            "nsmaas_gateway_report_age_seconds",
            "Since the last report of a serving gateway; not there before the first.",
            {one.name: one.report_age for one in facts.gateways},
        ),
        (
            "nsmaas_gateway_generation_lag",
            "Changes that it has not said to have made yet.",
            {one.name: one.generation_lag for one in facts.gateways},
        ),
        (
            "nsmaas_gateway_problems",
            "What its agent names as wrong on its host.",
            {one.name: one.problems for one in facts.gateways},
        ),
        (
            "nsmaas_gateway_questions_unanswered",
            "Questions about sessions of the last minute that it has not answered in time: keys are held.",
            {one.name: one.unanswered for one in facts.gateways},
        ),
    )
    for name, text, values in figures:
        yield _by(name, text, "gateway", values)


def _of_authority(facts: Facts) -> Iterable[Metric]:
    ends = GaugeMetricFamily(
        "nsmaas_certificate_not_after_timestamp_seconds",
        "When a certificate of ours ends: of the authority, a gateway, or as a door shows it.",
        labels=("kind", "name"),
    )
    known = [("gateway", one.name, one.certificate_ends) for one in facts.gateways]
    known += [("door", name, end) for name, end in facts.doors.items()]
    known += [("authority", "", facts.authority_ends)]
    for kind, name, end in known:
        if end is not None:
            ends.add_metric((kind, name), end.timestamp())
    yield ends
    answers = {name: float(end is not None) for name, end in facts.doors.items()}
    yield _by("nsmaas_door_answers", "Whether a door shows a certificate.", "door", answers)
    if facts.revocation_list is not None:
        made, ends_at = facts.revocation_list.made_at, facts.revocation_list.ends
        yield _gauge("nsmaas_revocation_list_age_seconds", "Since the newest list was made.", _since(made, facts))
        yield _gauge(
            "nsmaas_revocation_list_not_after_timestamp_seconds", "When the newest list ends.", ends_at.timestamp()
        )


def _of_requests(requests: Mapping[Series, Durations]) -> Metric:
    family = HistogramMetricFamily(
        "nsmaas_request_duration_seconds",
        "How long a door took for its answer; calls that wait for news are among them.",
        labels=("door", "call", "status"),
    )
    for series, durations in sorted(requests.items()):
        below, buckets = 0, list[tuple[str, float]]()
        for end, count in zip((*BUCKETS, "+Inf"), durations.buckets, strict=True):
            below += count
            buckets.append((str(end), below))
        family.add_metric(series, buckets, durations.total)
    return family


def _of_waiting(name: str, text: str, waiting: Waiting) -> Iterable[Metric]:
    yield _gauge(name, f"{text}.", waiting.count)
    yield _gauge(
        f"{name}_oldest_age_seconds", f"{text}: how long the oldest has waited; 0 if none does.", waiting.oldest
    )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _by(name: str, text: str, label: str, values: Mapping[str, float | None]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        if value is not None:
            family.add_metric((key,), value)
    return family


def _since(at: datetime, facts: Facts) -> float:
    return max(0.0, (facts.at - at).total_seconds())

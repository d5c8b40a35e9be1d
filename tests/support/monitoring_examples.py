"""A service of which everything is known, and what both programs export of themselves."""

from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from portal.monitoring.facts import Facts, GatewayFacts, RevocationList, Verification, Waiting
from portal.monitoring.metrics import metrics_page
from portal.monitoring.request_counts import Durations
from sensors.states import SensorState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WELL = GatewayFacts(
    name="gateway-1",
    report_age=12.0,
    generation_lag=0,
    problems=0,
    unanswered=0,
    certificate_ends=NOW + timedelta(days=200),
)
EXAMPLE = Facts(
    at=NOW,
    sensors={state.value: 1 for state in SensorState},
    tunnels={"up": 1, "down": 0, "unknown": 0},
    quiet=0,
    held={},
    open_cases=0,
    unconfirmed_cases=Waiting(0, 0.0),
    gateways=(WELL,),
    revoked_gateways=0,
    mails=Waiting(0, 0.0),
    failed_mails=0,
    certificate_requests=Waiting(0, 0.0),
    authority_ends=NOW + timedelta(days=3000),
    revocation_list=RevocationList(NOW - timedelta(hours=3), NOW + timedelta(days=7)),
    verification=Verification(NOW - timedelta(hours=5), 0),
    doors={"people": NOW + timedelta(days=60), "machines": NOW + timedelta(days=300)},
)


REQUESTS = {("people", "/sensors/", "2xx"): Durations(0.5, [3, 0, 1, 0, 0, 0, 0])}


def exported_by_portal() -> set[str]:
    """The names of all samples."""
    page = metrics_page(EXAMPLE, {("released", "all-facts-fit"): 3}, REQUESTS).decode()
    return {sample.name for family in text_string_to_metric_families(page) for sample in family.samples} | {
        # One that has no samples where nothing is wrong.
        "nsmaas_sensors_key_held"
    }

"""The facts in Prometheus' format: by its conventions, and with nobody's name in a label."""

import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from database.roles.declaration import MONITOR
from limits.kept import Kept
from portal.monitoring import gathering, views
from portal.monitoring.decisions import DecisionCounts
from portal.monitoring.gathering import gather_facts
from portal.monitoring.metrics import metrics_page
from tests.support.fleet import Fleet
from tests.support.monitoring_examples import EXAMPLE, REQUESTS, exported_by_portal
from tests.support.roles import acting_as
from tests.support.street import held_box

LABELS = {"state", "tunnel", "reason", "gateway", "kind", "name", "door", "outcome", "call", "status", "le"}
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}


@pytest.fixture(autouse=True)
def a_monitor_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "DOORS", Kept(dict, seconds=300))
    counts = DecisionCounts()
    page = Kept(lambda: metrics_page(gather_facts(), counts.read(), {}), seconds=300)
    monkeypatch.setattr(views, "PAGE", page)


def ask() -> Any:
    with acting_as(MONITOR):
        return views.metrics(RequestFactory().get("/metrics"))


def test_the_page_is_read_by_prometheus_and_says_what_was_counted(fleet: Fleet):
    held_box(fleet, "box-1")
    fleet.reported(fleet.connected("box-2"))
    answer = ask()
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
    assert samples["nsmaas_sensors", "in-service"] == 1
    assert samples["nsmaas_sensors_key_held", "public-network-unexpected"] == 1
    assert samples["nsmaas_disk_key_decisions_total", "held", "public-network-unexpected"] == 1
    assert samples[("nsmaas_cases_unconfirmed",)] == 1
    assert samples["nsmaas_gateway_problems", "gateway-1"] == 0
    assert samples["nsmaas_certificate_not_after_timestamp_seconds", "authority", ""] > 2e9


def test_nobody_can_be_named_by_it(fleet: Fleet):
    """Customers, sites, boxes, people: what a monitor keeps for years is no list of them."""
    held_box(fleet, "box-1")
    page = ask().content.decode().lower()
    world = fleet.world
    names = [world.harbour.name, world.harbour.slug, world.quay.name, "box-1", "example.org", "198.51.100", "10.88."]
    assert [name for name in names if name.lower() in page] == []


def families() -> list[Metric]:
    page = metrics_page(EXAMPLE, {("released", "all-facts-fit"): 3}, REQUESTS)
    return list(text_string_to_metric_families(page.decode()))


def test_every_name_is_by_the_conventions_of_prometheus():
    """https://prometheus.io/docs/practices/naming/: one prefix, base units, a unit at the end, _total for counters."""
    for family in families():
        assert re.fullmatch(r"nsmaas(_[a-z]+)+", family.name)
        assert family.documentation.endswith((".", "one.", "none does."))
        assert not re.search(r"_(days|minutes|hours|ms|milliseconds|count)$", family.name)
        if "age" in family.name.split("_") or "timestamp" in family.name:
            assert family.name.endswith("_seconds")
        for sample in family.samples:
            assert sample.name.removeprefix(family.name) in ENDINGS.get(family.type, ("",))
            assert set(sample.labels) <= LABELS


def test_the_example_holds_all_that_there_is():
    named = {family.name + ending for family in families() for ending in ENDINGS.get(family.type, ("",))}
    assert exported_by_portal() == named


def test_what_is_not_known_is_left_out(db: None):
    page = ask().content.decode()
    assert "nsmaas_gateway_report_age_seconds{" not in page
    assert "nsmaas_revocation_list_age_seconds" not in page
    assert "nsmaas_audit_verified_timestamp_seconds" not in page


def test_many_who_ask_cost_what_one_costs(db: None):
    ask()
    with CaptureQueriesContext(connection) as queries:
        assert {ask().content for _ in range(20)} == {ask().content}
    assert len(queries) == 0


def test_without_a_database_there_are_no_old_figures(monkeypatch: pytest.MonkeyPatch):
    def fail() -> bytes:
        raise OperationalError("connection to 10.9.8.7 failed")

    monkeypatch.setattr(views, "PAGE", Kept(fail, seconds=0))
    answer = views.metrics(RequestFactory().get("/metrics"))
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")
    assert views.metrics(RequestFactory().post("/metrics")).status_code == 405

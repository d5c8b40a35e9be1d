"""The list of sensors, looked through by state, customer, site, gateway and words; and as a spreadsheet."""

import csv
import functools
import io
import operator
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from limits.kept import NotInTime
from sensors.fleet.operations.describe_sensor import describe_sensor
from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.keys.standings.kinds import BESIDE, Standing
from sensors.keys.standings.rules import standing_rule
from sensors.keys.standings.tally import TALLY, count_standings, sensors_in
from sensors.models import Case, Gateway, GatewayContact, Sensor, SensorContact, SensorWords, Session
from sensors.states import SensorState
from tests.support.fleet import ACTOR, Fleet, session_of
from tests.support.purses import fill_purses
from tests.support.sensors.making import sensor_card_of
from tests.support.signed_in import As
from tests.support.street import held_box

# What a row says, and under which state it is found.
LABELS = {
    "Cut off": Standing.CUT_OFF,
    "Being cut off": Standing.REPORTED,
    "Retired": Standing.RETIRED,
    "Not enrolled": Standing.NOT_ENROLLED,
    "Given back": Standing.RETURNED,
    "Not known": Standing.UNKNOWN,
    "Not connected": Standing.SILENT,
    "Not where expected": Standing.ELSEWHERE,
    "Connected": Standing.CONNECTED,
    "Connected, disk absent": Standing.LOCKED,
    "Connected, disk not known": Standing.LOCKED,
    "Connected, disk locked": Standing.LOCKED,
}


def shown(client: Any, query: str = "") -> list[str]:
    """The names of the rows, in their order."""
    answer = client.get(f"/sensors/?{query}")
    assert answer.status_code == 200
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', answer.content.decode())


def counts(client: Any, query: str = "") -> dict[str, int]:
    """By state, as the page says."""
    text = client.get(f"/sensors/?{query}").content.decode()
    found = re.findall(r'id="state-([a-z-]+)"[^>]*>[^<]*<span class="chip-count">(\d+)<', text)
    return {name: int(count) for name, count in found}


@pytest.fixture
def mixed(fleet: Fleet) -> Fleet:
    """Boxes in every state there is."""
    fleet.register("new")
    fleet.enrolled("silent")
    fleet.connected("silent-disk")
    for disk in ("open", "mounted", "locked", "absent"):
        record_heartbeat(sensor=fleet.connected(disk), disk=disk, kit_version="1")
    old = fleet.connected("old-word")
    record_heartbeat(sensor=old, disk="open", kit_version="1")
    SensorContact.objects.filter(sensor=old).update(last_heartbeat_at=timezone.now() - timedelta(hours=2))
    record_heartbeat(sensor=fleet.connected("moved", public_address="203.0.113.9"), disk="open", kit_version="1")
    # Expected at the other customer's only.
    fleet.connected("swapped", fleet.world.dairy, "198.51.100.21")
    fleet.reported(fleet.connected("stolen"))
    fleet.cut_off("gone")
    held_box(fleet, "held")
    for name, state in (("back", SensorState.RETURNED), ("retired", SensorState.RETIRED)):
        Sensor.objects.filter(pk=fleet.register(name).pk).update(state=state)
    return fleet


@pytest.mark.parametrize("gateway", ["speaks", "is silent", "is revoked"])
def test_each_state_finds_the_boxes_whose_rows_say_it_and_counts_them(mixed: Fleet, gateway: str):
    if gateway == "is silent":
        GatewayContact.objects.update(last_report_at=timezone.now() - timedelta(minutes=5))
    if gateway == "is revoked":
        Gateway.objects.update(revoked_at=timezone.now())
    said: dict[Standing, set[str]] = {}
    for sensor in Sensor.objects.all():
        said.setdefault(LABELS[sensor_card_of(sensor).status.label], set()).add(sensor.name)
    tally = count_standings()
    counted = tally.of(customers={mixed.world.harbour.pk, mixed.world.meadow.pk})
    for standing in set(Standing) - BESIDE:
        rule = standing_rule(standing, now=timezone.now(), elsewhere=tally.elsewhere)
        found = {sensor.name for sensor in Sensor.objects.filter(rule)}
        assert found == said.get(standing, set()), standing
        assert counted[standing] == len(found), standing
    assert sensors_in(counted) == Sensor.objects.count()


def test_what_a_box_is_beside_its_state_is_found_and_counted(mixed: Fleet, signed_in: As):
    client = signed_in(mixed.world.auditor)
    quiet = Sensor.objects.get(name="open")
    Session.objects.filter(sensor=quiet).update(noted_at=timezone.now() - timedelta(hours=1))
    SensorContact.objects.filter(sensor=quiet).update(last_heartbeat_at=timezone.now() - timedelta(hours=1))
    assert shown(client, "state=key-held") == ["held"]
    assert shown(client, "state=quiet") == ["open"]
    assert counts(client)["key-held"] == counts(client)["quiet"] == 1


def test_a_certificate_that_ends_is_found_unless_there_is_a_later_one(
    fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch
):
    ending, renewed = fleet.connected("ending"), fleet.connected("renewed")
    client = signed_in(fleet.world.auditor)
    assert shown(client, "state=certificate-ends") == []
    later = timezone.now() + timedelta(days=77)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    fleet.renew(renewed)
    tally = count_standings()
    found = Sensor.objects.filter(standing_rule(Standing.CERTIFICATE, now=later, elsewhere=()))
    assert list(found) == [ending]
    assert tally.of(customers={fleet.world.harbour.pk})[Standing.CERTIFICATE] == 1


def test_the_seven_misplaced_of_many_are_one_click_away(fleet: Fleet, signed_in: As):
    for number in range(20):
        fleet.connected(f"box-{number}", public_address="203.0.113.9" if number % 3 == 1 else "198.51.100.21")
    client = signed_in(fleet.world.operator)
    text = client.get("/sensors/").content.decode()
    [link] = re.findall(r'id="state-not-where-expected" href="/sensors/\?([^"]*)"', text)
    assert shown(client, link) == [f"box-{number}" for number in (1, 4, 7, 10, 13, 16, 19)]


def test_names_are_in_the_order_in_which_people_count(fleet: Fleet, signed_in: As):
    names = ["a", "a1", "a2", "a10", "b-2", "b-10", "rack2-box1", "rack2-box2", "rack2-box10", "rack10-box1"]
    for name in reversed(names):
        fleet.register(name)
    assert shown(signed_in(fleet.world.owner)) == names


def test_a_name_that_is_changed_is_in_its_new_place_and_found_by_its_new_words(fleet: Fleet, signed_in: As):
    fleet.register("box-3")
    box = fleet.register("box-1")
    changes: SensorWords = {"name": "box-20", "description": "Grey, rack 7", "hardware_serial": "SN-9"}
    describe_sensor(sensor=box, changes=changes, described_by=ACTOR)
    client = signed_in(fleet.world.owner)
    assert shown(client) == ["box-3", "box-20"]
    assert shown(client, "q=GREY") == shown(client, "q=sn-9") == ["box-20"]
    assert shown(client, "q=box-1") == []


def test_pages_neither_repeat_nor_leave_out(fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sensors.keys.pages.fleet.PAGE_SIZE", 3)
    for number in range(8):
        fleet.register(f"box-{number}", fleet.world.dairy if number % 2 else None)
    client = signed_in(fleet.world.auditor)
    pages = [shown(client, f"page={page}&state=not-enrolled") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert sorted(functools.reduce(operator.iadd, pages, [])) == [f"box-{number}" for number in range(8)]
    assert 'href="?state=not-enrolled&amp;page=2"' in client.get("/sensors/?state=not-enrolled").content.decode()


@pytest.mark.parametrize("by", ["public address", "underlay address", "subject", "case", "part of case", "customer"])
def test_a_box_is_found_by(fleet: Fleet, signed_in: As, by: str):
    case = fleet.reported(fleet.connected("sought", fleet.world.dairy, "198.51.100.22"), by=fleet.world.stranger)
    fleet.connected("other")
    words = {
        "public address": "198.51.100.22",
        "underlay address": case.sensor.address,
        "subject": case.sensor.subject,
        "case": str(case.pk),
        "part of case": str(case.pk)[:13],
        "customer": "meadow",
    }[by]
    assert shown(signed_in(fleet.world.operator), f"q={words}") == ["sought"]
    assert shown(signed_in(fleet.world.owner), f"q={words}") == []


def test_filters_narrow_together_and_the_counts_with_them(fleet: Fleet, signed_in: As):
    client, world = signed_in(fleet.world.auditor), fleet.world
    other = register_gateway(
        name="gateway-9", host="192.0.2.9", port=1194, network="10.99.0.0/24", base_networks=[], registered_by=ACTOR
    )
    fleet.connected("a")
    fleet.enrolled("b")
    fleet.connected("c", world.dairy, "198.51.100.22")
    Sensor.objects.filter(pk=fleet.register("d").pk).update(gateway=other)
    assert shown(client, f"customer={world.harbour.slug}") == ["a", "b", "d"]
    assert shown(client, f"customer={world.harbour.slug}&state=not-connected") == ["b"]
    assert shown(client, f"site={world.dairy.pk}") == ["c"]
    assert shown(client, "gateway=gateway-9") == ["d"]
    assert counts(client, "gateway=gateway-9") == {"all": 1, "not-enrolled": 1}
    assert counts(client, f"site={world.dairy.pk}") == {"all": 1, "disk-not-open": 1}
    assert counts(client, f"customer={world.harbour.slug}")["all"] == 3


def test_a_filter_that_there_is_not_is_said_and_nothing_else_is_lost(fleet: Fleet, signed_in: As):
    fleet.register("harbour-1")
    fleet.register("other")
    client = signed_in(fleet.world.auditor)
    for query, words in (("state=asleep", "no state called “asleep”"), ("gateway=x", "no gateway called “x”")):
        text = client.get(f"/sensors/?{query}&q=harbour-").content.decode()
        assert words in text
        assert '<a class="row-link"' in text
        assert 'value="harbour-"' in text
        assert shown(client, f"{query}&q=harbour-") == ["harbour-1"]


def test_a_strangers_customer_and_site_look_like_missing_ones(fleet: Fleet, signed_in: As):
    client, world = signed_in(fleet.world.owner), fleet.world
    for path in ("/sensors/", "/sensors.csv"):
        for query in (f"customer={world.meadow.slug}", f"site={world.dairy.pk}", "customer=nobody", "site=x"):
            assert client.get(f"{path}?{query}").status_code == 404, query
        assert client.get(f"{path}?customer={world.harbour.slug}&site={world.quay.pk}").status_code == 200


def test_a_customers_people_learn_of_no_gateway_and_no_others_counts(fleet: Fleet, signed_in: As):
    fleet.register("ours")
    fleet.register("theirs", fleet.world.dairy)
    client = signed_in(fleet.world.owner)
    assert counts(client) == {"all": 1, "not-enrolled": 1}
    text = client.get("/sensors/?gateway=gateway-1").content.decode()
    assert "There is no gateway called “gateway-1”" in text
    assert "<option" not in text


def exported(client: Any, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/sensors.csv?{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_what_is_found_can_be_saved_as_a_spreadsheet(mixed: Fleet, signed_in: As):
    client = signed_in(mixed.world.auditor)
    assert [row["sensor"] for row in exported(client)] == shown(client)
    [row] = exported(client, f"state=not-where-expected&customer={mixed.world.meadow.slug}&q=swap")
    assert (row["sensor"], row["state"], row["public address"]) == ("swapped", "Not where expected", "198.51.100.21")
    assert {row["customer"] for row in exported(signed_in(mixed.world.owner))} == {mixed.world.harbour.name}


def queries_of(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        b"".join(client.get(path))
    return len(queries)


@pytest.mark.parametrize("query", ["", "state=not-where-expected", "q=box", "customer={customer}", "site={site}"])
def test_forty_sensors_cost_as_many_queries_as_four(fleet: Fleet, signed_in: As, query: str):
    client = signed_in(fleet.world.auditor)
    path = "/sensors/?" + query.format(customer=fleet.world.harbour.slug, site=fleet.world.quay.pk)
    found = []
    for wanted in (4, 40):
        for number in range(Sensor.objects.count(), wanted):
            sensor = fleet.register(f"box-{number}", fleet.world.dairy if number % 3 == 2 else None)
            Sensor.objects.filter(pk=sensor.pk).update(state=SensorState.IN_SERVICE)
            fleet.observe(up=[session_of(sensor, "203.0.113.9" if number % 2 else "198.51.100.21")])
        found.append(queries_of(client, path))
    assert found[0] == found[1]


def test_a_case_that_is_closed_still_finds_its_box(fleet: Fleet, signed_in: As):
    case = fleet.cut_off("found-again")
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now(), outcome="false-alarm")
    assert shown(signed_in(fleet.world.owner), f"q={case.pk}") == ["found-again"]


@pytest.mark.parametrize("path", ["/sensors/", "/sensors.csv", "/overview/"])
def test_who_comes_while_it_is_counted_too_long_is_told_to_come_again(
    fleet: Fleet, signed_in: As, monkeypatch: pytest.MonkeyPatch, path: str
):
    """And how to report a box all the same."""

    def not_in_time() -> None:
        raise NotInTime

    monkeypatch.setattr(TALLY, "get", not_in_time)
    answer = signed_in(fleet.world.operator).get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert 'href="/report/"' in answer.content.decode()


def test_nobody_saves_spreadsheets_without_end(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.owner)
    fill_purses()
    statuses = [client.get("/sensors.csv?q=box").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert "/sensors/?q=box" in client.get("/sensors.csv?q=box").content.decode()

import time
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from notices.models import Mail
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.keys.operations.release_disk_key import MOST_LISTED
from sensors.keys.session_confirmations import SessionConfirmations
from sensors.models import Case, DiskKeyRelease, Sensor, Sighting
from tenants.models import AuditEntry
from tests.support.fleet import ACTOR, Fleet, session_of
from tests.support.machines_door import Machine, reason_of

PATH = "/v1/disk-key"


def audited(reason: str) -> int:
    return AuditEntry.objects.filter(action__startswith="sensor:disk-key:", details__reason=reason).count()


def machine_of(fleet: Fleet, sensor: Any) -> Machine:
    return Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)


def test_it_gives_64_bytes_that_nobody_may_keep(box: Machine):
    response = box.post(PATH)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Cache-Control"] == "no-store"
    assert len(response.content) == 64
    assert audited("all-facts-fit") == 1


def test_it_gives_the_same_key_again(box: Machine):
    assert box.post(PATH).content == box.post(PATH).content


def test_two_sensors_have_different_keys(fleet: Fleet):
    first, second = (machine_of(fleet, fleet.connected(name)).post(PATH) for name in ("box-1", "box-2"))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content != second.content


def test_the_key_is_in_no_row_in_the_clear(fleet: Fleet, box: Machine):
    key = box.post(PATH).content
    from django.apps import apps

    for model in apps.get_models():
        for row in model._default_manager.values_list():
            for value in row:
                stored = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert key not in stored
                assert key.hex().encode() not in stored


@pytest.mark.parametrize("address", ["10.88.0.1", "10.20.0.1", "198.51.100.21", "127.0.0.1", "::1"])
def test_a_certificate_from_another_address_than_its_own_is_refused(box: Machine, address: str):
    assert reason_of(box.at(address).post(PATH)) == (403, "not-through-own-tunnel")
    assert audited("not-through-own-tunnel") == 1


def test_one_sensors_certificate_from_anothers_tunnel_is_refused(fleet: Fleet):
    """A stolen certificate in a colleague's box: both tunnels are up, and still it is the wrong one."""
    mine, other = fleet.connected("box-1"), fleet.connected("box-2")
    response = machine_of(fleet, mine).at(other.address).post(PATH)
    assert reason_of(response) == (403, "not-through-own-tunnel")


@pytest.mark.parametrize("own", ["::ffff:{}", " {}", "{}:443", "{}, 10.20.0.1", "{}/32"])
def test_an_address_that_only_looks_like_its_own_is_not_it(box: Machine, own: str):
    response = box.at(own.format(box.address)).post(PATH)
    assert response.status_code not in {200, 423}
    assert not DiskKeyRelease.objects.filter(outcome="released").exists()


def test_a_request_of_unknown_origin_is_not_answered_with_a_key(box: Machine):
    assert box.at(None).post(PATH).status_code not in {200, 423}
    assert not DiskKeyRelease.objects.filter(outcome="released").exists()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Client-Address", "X-Original-Forwarded-For"])
def test_the_source_cannot_be_claimed_in_another_header(box: Machine, header: str):
    response = box.at("198.51.100.9").call("POST", PATH, extra={header: str(box.address)})
    assert reason_of(response) == (403, "not-through-own-tunnel")


def test_it_is_held_until_the_gateway_has_reported_the_tunnel(fleet: Fleet):
    response = machine_of(fleet, fleet.enrolled()).post(PATH)
    assert reason_of(response) == (423, "session-not-yet-reported")
    assert response["Retry-After"] == "1"
    assert response["Cache-Control"] == "no-store"


def test_it_is_held_at_once_while_the_gateway_is_silent(box: Machine, monkeypatch: pytest.MonkeyPatch):
    """However fresh its last report is."""
    monkeypatch.setattr(SessionConfirmations, "confirm", lambda *_, **__: (False, None))
    response = box.post(PATH)
    assert reason_of(response) == (423, "gateway-silent")
    assert response["Retry-After"] == "5"


@pytest.mark.parametrize("age", ["60", "61.5", "3600.000"])
def test_a_connection_that_is_older_than_the_tunnel_gets_no_key(box: Machine, age: str):
    """The tunnel was seen for a minute: who opened this connection before it had another one."""
    status, reason = reason_of(replace(box, connection_time=age).post(PATH))
    assert (status, reason) == (423, "session-not-yet-reported")
    assert not DiskKeyRelease.objects.filter(public_address__isnull=False).exists()


@pytest.mark.parametrize("age", [None, "", "-1", "nan", "inf", "soon"])
def test_a_connection_of_unknown_age_gets_no_key(box: Machine, age: str | None):
    assert reason_of(replace(box, connection_time=age).post(PATH)) == (400, "malformed")


def test_what_a_request_has_waited_for_a_thread_counts_as_its_connections_age(box: Machine):
    hour_ago = f"{time.time() - 3600:.3f}"
    assert reason_of(box.call("POST", PATH, extra={"X-Passed-On-At": hour_ago}))[1] == "session-not-yet-reported"
    in_an_hour = f"{time.time() + 3600:.3f}"
    assert reason_of(box.call("POST", PATH, extra={"X-Passed-On-At": in_an_hour})) == (400, "malformed")


def test_it_is_held_when_the_tunnel_has_gone_down(fleet: Fleet):
    sensor = fleet.connected()
    fleet.observe(down=[sensor.subject])
    assert reason_of(machine_of(fleet, sensor).post(PATH)) == (423, "session-not-yet-reported")


def test_it_is_held_when_the_gateway_saw_the_tunnel_with_another_address(fleet: Fleet):
    sensor = fleet.enrolled()
    fleet.observe(up=[session_of(sensor, address="10.88.9.9")])
    assert reason_of(machine_of(fleet, sensor).post(PATH)) == (423, "session-not-yet-reported")


def test_a_box_that_was_carried_away_is_held_and_people_are_asked_once(fleet: Fleet):
    machine = machine_of(fleet, fleet.connected(public_address="203.0.113.99"))
    answers = [machine.post(PATH) for _ in range(3)]
    assert {reason_of(answer) for answer in answers} == {(423, "public-network-unexpected")}
    assert {answer["Retry-After"] for answer in answers} == {"30"}
    assert audited("public-network-unexpected") == 1
    told = Mail.objects.filter(recipient="owner@example.org", about__startswith="sensor:")
    assert told.count() == 1
    assert "203.0.113.99" in told.get().body


def test_the_other_customers_site_is_an_unexpected_network(fleet: Fleet):
    machine = machine_of(fleet, fleet.connected(public_address="198.51.100.22"))
    assert reason_of(machine.post(PATH)) == (423, "public-network-unexpected")


def test_a_reported_box_gets_no_key_and_leaves_a_sighting(fleet: Fleet):
    sensor = fleet.connected()
    machine = machine_of(fleet, sensor)
    assert machine.post(PATH).status_code == 200
    fleet.reported(sensor)
    began = timezone.now()
    response = machine.at("203.0.113.7").post(PATH)
    assert reason_of(response) == (403, "case-open")
    seen = Sighting.objects.get()
    assert seen.case == Case.objects.get()
    assert seen.source_address == "203.0.113.7"
    assert seen.serial == fleet.certificate_of(sensor).serial
    assert seen.at >= began


def test_every_try_of_a_reported_box_counts_as_a_sighting_and_the_first_ten_have_audit_rows(fleet: Fleet):
    """A box that is refused without end cannot grow the audit trail without end."""
    sensor = fleet.connected()
    fleet.reported(sensor)
    for _ in range(MOST_LISTED + 5):
        assert reason_of(machine_of(fleet, sensor).post(PATH)) == (403, "case-open")
    assert sum(Sighting.objects.values_list("times", flat=True)) == MOST_LISTED + 5
    assert audited("case-open") == MOST_LISTED
    assert DiskKeyRelease.objects.latest("at").repeats == 5


def test_another_refusal_has_its_row_however_often_one_was_repeated(fleet: Fleet, box: Machine):
    for _ in range(MOST_LISTED + 5):
        box.at("198.51.100.9").post(PATH)
    fleet.reported(Sensor.objects.get())
    assert reason_of(box.post(PATH)) == (403, "case-open")
    assert (audited("not-through-own-tunnel"), audited("case-open")) == (MOST_LISTED, 1)


def test_a_reported_box_is_refused_with_a_certificate_that_was_never_revoked(fleet: Fleet):
    """The case alone withholds the key, whatever became of the certificates."""
    sensor = fleet.connected()
    machine = machine_of(fleet, sensor)
    Case.objects.create(
        sensor=sensor,
        kind="stolen",
        reported_by=fleet.world.owner,
        received_at=timezone.now(),
        opened_at=timezone.now(),
    )
    assert reason_of(machine.post(PATH)) == (403, "case-open")


def test_the_neighbours_of_a_reported_box_keep_getting_theirs(fleet: Fleet):
    stolen, other, meadows = (
        fleet.connected("box-1"),
        fleet.connected("box-2"),
        fleet.connected("box-3", fleet.world.dairy, "198.51.100.22"),
    )
    fleet.reported(stolen)
    assert machine_of(fleet, other).post(PATH).status_code == 200
    assert machine_of(fleet, meadows).post(PATH).status_code == 200


def test_a_retired_box_gets_no_key(fleet: Fleet):
    sensor = fleet.connected()
    machine = machine_of(fleet, sensor)
    retire_sensor(sensor=sensor, retired_by=ACTOR)
    assert reason_of(machine.post(PATH)) == (403, "not-in-service")


def test_a_box_that_was_set_up_anew_takes_the_key_from_the_one_before(fleet: Fleet):
    sensor = fleet.connected()
    before = machine_of(fleet, sensor)
    fleet.enrol(sensor)
    assert reason_of(before.post(PATH)) == (403, "certificate-revoked")
    assert machine_of(fleet, sensor).post(PATH).status_code == 200


def test_a_body_that_comes_along_plays_no_part(box: Machine):
    body = {"subject": "s-aaaaaaaaaaaa", "source": "10.88.0.2", "public_address": "198.51.100.21"}
    assert box.at("203.0.113.7").post(PATH, body).status_code == 403
    assert box.post(PATH, raw=b"\xff" * 1000).status_code == 200


def test_refusals_name_no_customer_and_no_person(fleet: Fleet):
    sensor = fleet.connected()
    fleet.reported(sensor)
    text = machine_of(fleet, sensor).post(PATH).content.decode()
    for word in ("harbour", "Harbour", "owner", sensor.name, sensor.address):
        assert word not in text


@pytest.mark.parametrize("address", [None, "", "unix:", "10.88.0.2, 198.51.100.1"])
def test_without_a_source_address_there_is_no_decision_and_no_key(box: Machine, address: str | None):
    assert reason_of(box.at(address).post(PATH)) == (400, "malformed")
    assert not DiskKeyRelease.objects.exists()

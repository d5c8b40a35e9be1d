from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sensors.fleet.live_status import Status
from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.fleet.presenting import sensor_card
from sensors.fleet.queries import with_live_state
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.models import GatewayContact, Sensor
from tests.support.fleet import Fleet, session_of
from tests.support.sensors.making import sensor_card_of


def test_a_connected_box_with_an_open_disk_is_well(fleet: Fleet):
    sensor = fleet.connected()
    record_heartbeat(sensor=sensor, disk="open", kit_version="1.0")
    seen = sensor_card_of(sensor)
    assert (seen.status.status, seen.can_be_reported, seen.case) == (Status.OK, True, None)
    assert seen.session is not None


def test_a_session_that_ended_is_not_shown_as_one(fleet: Fleet):
    sensor = fleet.connected()
    fleet.observe(down=[sensor.subject])
    seen = sensor_card_of(sensor)
    assert (seen.session, seen.status.label) == (None, "Not connected")


def test_a_gateway_that_fell_silent_makes_it_not_known(fleet: Fleet):
    sensor = fleet.connected()
    GatewayContact.objects.update(last_report_at=timezone.now() - timedelta(minutes=2))
    seen = sensor_card_of(sensor)
    assert seen.status.label == "Not known"
    assert seen.gateway_silent_since == GatewayContact.objects.get().last_report_at


def test_of_a_revoked_gateways_boxes_nothing_is_known(fleet: Fleet):
    """Neither that the tunnel is up, nor that it is down."""
    sensor = fleet.connected()
    revoked = revoke_gateway(gateway=fleet.gateway, reason="Stolen.", revoked_by=fleet.world.operator)
    seen = sensor_card_of(sensor)
    assert (seen.status.label, seen.status.since) == ("Not known", revoked.revoked_at)
    assert "revoked" in seen.status.reason
    assert seen.disk == ""


def test_a_box_that_appears_elsewhere_is_said_to(fleet: Fleet):
    seen = sensor_card_of(fleet.connected(public_address="203.0.113.9"))
    assert (seen.elsewhere, seen.status.label) == (True, "Not where expected")


def test_a_reported_box_shows_its_case_and_cannot_be_reported_again(fleet: Fleet):
    sensor = fleet.connected()
    case = fleet.reported(sensor)
    seen = sensor_card_of(sensor)
    assert (seen.case, seen.can_be_reported, seen.status.status) == (case, False, Status.CUTTING)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert sensor_card_of(sensor).status.status is Status.CUT


def test_a_box_before_its_enrolment_can_be_reported_too(fleet: Fleet):
    seen = sensor_card_of(fleet.register())
    assert (seen.status.status, seen.can_be_reported) == (Status.PENDING, True)


def test_a_list_costs_the_same_number_of_queries_however_long(fleet: Fleet):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            cards = [sensor_card(sensor) for sensor in with_live_state(Sensor.objects.all())]
        assert cards
        return len(captured)

    sensor = fleet.connected("box-0")
    record_heartbeat(sensor=sensor, disk="open", kit_version="1.0")
    before = queries()
    others = [fleet.enrolled(f"box-{number}") for number in range(1, 5)]
    fleet.observe(up=[session_of(other) for other in others])
    fleet.reported(others[0])
    assert queries() == before

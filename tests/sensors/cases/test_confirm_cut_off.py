import pytest
from django.utils import timezone

from notices.models import Mail
from sensors.cases.operations.confirm_cut_off import confirm_cut_off
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models import Case, Measure, Sensor, Session
from sensors.states import SensorState
from tenants.models import AuditEntry
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR, Fleet, session_of

HALVES = ["session_gone", "firewall_closed", "serials_blocked", "client_config_removed"]


@pytest.fixture
def sensor(fleet: Fleet) -> Sensor:
    return fleet.connected()


def is_confirmed(case: Case) -> bool:
    case = Case.objects.get(pk=case.pk)
    cut_off = Sensor.objects.get(pk=case.sensor_id).state == SensorState.CUT_OFF
    assert cut_off == (case.confirmed_at is not None)
    return cut_off


def done(case: Case) -> set[str]:
    seen = Measure.objects.filter(case=case, gateway__isnull=False).exclude(done_at=None)
    return set(seen.values_list("kind", flat=True))


def test_a_whole_cut_confirms(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    assert not is_confirmed(case)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert is_confirmed(case)
    assert done(case) == {"session-ended", "firewall-closed"}
    assert not Session.objects.current().exists()


@pytest.mark.parametrize("missing", HALVES)
def test_a_cut_that_lacks_one_lock_does_not_confirm(fleet: Fleet, sensor: Sensor, missing: str):
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor, **{missing: False})])
    assert not is_confirmed(case)
    assert done(case) == ({"session-ended"} if missing == "firewall_closed" else {"firewall-closed"})
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert is_confirmed(case)


def test_two_halves_make_a_whole(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor, firewall_closed=False)])
    fleet.observe(cuts=[fleet.cut_of(sensor, session_gone=False)])
    assert is_confirmed(case)


def test_nothing_done_is_nothing_noted(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor, **dict.fromkeys(HALVES, False))])
    assert done(case) == set()


def test_a_cut_of_before_the_report_proves_nothing(fleet: Fleet, sensor: Sensor):
    before = fleet.cut_of(sensor)
    case = fleet.reported(sensor)
    fleet.observe(cuts=[before])
    assert not is_confirmed(case)
    assert done(case) == set()
    assert Session.objects.current().exists()


def test_a_cut_of_a_later_generation_counts(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    fleet.register("box-2")
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert is_confirmed(case)


def test_another_gateways_word_does_not_count(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    other = register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.99.0.0/16", base_networks=[], registered_by=ACTOR
    )
    confirm_cut_off(gateway=other, cut=fleet.cut_of(sensor), observed_at=timezone.now())
    assert not is_confirmed(case)
    assert done(case) == set()


def test_a_session_that_ended_by_itself_confirms_nothing(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    fleet.observe(down=[sensor.subject])
    fleet.observe(complete=True)
    assert not is_confirmed(case)
    assert done(case) == set()


def test_a_box_that_was_never_connected_needs_the_gateways_word_too(fleet: Fleet):
    sensor = fleet.register()
    case = fleet.reported(sensor)
    assert not is_confirmed(case)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert is_confirmed(case)


def test_provider_and_contacts_are_told_once_and_strangers_are_not(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    Mail.objects.all().delete()
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    told = sorted(Mail.objects.filter(about=case.about).values_list("recipient", flat=True))
    assert told == [f"{name}@example.org" for name in ("administrator", "manager", "operator", "owner")]
    assert "Cut off: sensor box-1" in Mail.objects.latest("pk").subject


def test_the_same_cut_again_changes_nothing(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    before = (list(Case.objects.values()), list(Measure.objects.values()), AuditEntry.objects.count())
    fleet.observe(cuts=[fleet.cut_of(sensor, took_ms=9999)])
    assert (list(Case.objects.values()), list(Measure.objects.values()), AuditEntry.objects.count()) == before
    assert is_confirmed(case)


def test_each_measure_is_noted_in_the_audit_trail_by_the_gateway_that_saw_it(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert actions(case.about) == ["case:open", "case:measure:observed", "case:measure:observed"]
    seen = AuditEntry.objects.filter(action="case:measure:observed")
    assert set(seen.values_list("actor", flat=True)) == {f"machine:{fleet.gateway.subject}"}
    assert AuditEntry.objects.filter(action="sensor:state:change").latest("pk").details == {
        "from": "reported",
        "to": "cut-off",
    }


def test_how_long_it_took_is_kept_as_the_gateway_measured_it(fleet: Fleet, sensor: Sensor):
    case = fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor, took_ms=37)])
    assert "37 ms" in Measure.objects.get(case=case, kind="session-ended").detail


def test_a_cut_of_a_sensor_that_nobody_reported_changes_nothing(fleet: Fleet, sensor: Sensor):
    before = AuditEntry.objects.count()
    fleet.observe(cuts=[fleet.cut_of(sensor), fleet.cut_of(sensor, subject="s-aaaaaaaaaaaa")])
    assert Sensor.objects.get(pk=sensor.pk).state == SensorState.IN_SERVICE
    assert AuditEntry.objects.count() == before
    assert Session.objects.current().exists()


def test_nobody_else_is_touched(fleet: Fleet, sensor: Sensor):
    other = fleet.enrolled("box-2")
    fleet.observe(up=[session_of(other)])
    fleet.reported(sensor)
    fleet.observe(cuts=[fleet.cut_of(sensor)])
    assert [session.sensor for session in Session.objects.current()] == [other]
    assert Sensor.objects.get(pk=other.pk).state == SensorState.IN_SERVICE

from django.utils import timezone

from sensors.models import SensorContact
from tests.support.fleet import Fleet
from tests.support.machines_door import Machine, reason_of


def test_it_is_noted_with_its_time(box: Machine):
    began = timezone.now()
    response = box.post("/v1/heartbeat", {"disk": "open", "kit_version": "0.1.0"})
    contact = SensorContact.objects.get()
    assert (response.status_code, response.content) == (204, b"")
    assert (contact.disk, contact.kit_version) == ("open", "0.1.0")
    assert contact.last_heartbeat_at is not None
    assert contact.last_heartbeat_at >= began


def test_the_next_one_takes_its_place(box: Machine):
    for disk in ("absent", "open", "mounted", "locked"):
        assert box.post("/v1/heartbeat", {"disk": disk, "kit_version": "0.1.0"}).status_code == 204
        assert SensorContact.objects.get().disk == disk


def test_it_speaks_for_its_own_sensor_only(fleet: Fleet, box: Machine):
    other = fleet.connected("box-2")
    body = {"disk": "locked", "kit_version": "1", "subject": other.subject, "sensor": str(other.pk)}
    assert box.post("/v1/heartbeat", body).status_code == 204
    assert not SensorContact.objects.filter(sensor=other).exists()


def test_a_reported_box_is_not_heard(fleet: Fleet):
    sensor = fleet.connected()
    machine = Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)
    fleet.reported(sensor)
    response = machine.post("/v1/heartbeat", {"disk": "open", "kit_version": "1"})
    assert reason_of(response) == (403, "certificate-refused")
    assert not SensorContact.objects.exists()

from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.models import SensorContact
from tenants.models import AuditEntry
from tests.support.fleet import Fleet, as_reported


def test_the_last_word_holds_and_leaves_no_audit_row(fleet: Fleet):
    sensor = fleet.enrolled()
    before = AuditEntry.objects.count()
    for disk in ("locked", "open"):
        record_heartbeat(sensor=sensor, disk=disk, kit_version="1.0")
    contact = SensorContact.objects.get(sensor=sensor)
    assert (contact.disk, contact.kit_version) == ("open", "1.0")
    assert contact.last_heartbeat_at is not None
    assert AuditEntry.objects.count() == before


def test_a_release_keeps_the_heartbeat(fleet: Fleet):
    sensor = fleet.connected()
    record_heartbeat(sensor=sensor, disk="locked", kit_version="1.0")
    release_disk_key(
        sensor=sensor, certificate=fleet.certificate_of(sensor), source=sensor.address, confirmation=as_reported(sensor)
    )
    contact = SensorContact.objects.get(sensor=sensor)
    assert contact.last_heartbeat_at is not None
    assert contact.disk == "locked"


def test_each_sensor_speaks_for_itself(fleet: Fleet):
    one, other = fleet.enrolled("box-1"), fleet.enrolled("box-2")
    record_heartbeat(sensor=one, disk="open", kit_version="1.0")
    assert not SensorContact.objects.filter(sensor=other).exists()

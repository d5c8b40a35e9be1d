"""Promise 6: renewing, re-registering, renaming, deleting or replaying un-revokes nothing."""

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction
from django.db.models import Model, ProtectedError
from django.test import Client
from django.urls import reverse

from pki.models import Revocation
from sensors.cases.operations.record_observation import ReportReplayed, record_observation
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_renewal import RenewalRefused, request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.fleet.operations.describe_sensor import describe_sensor
from sensors.models import Case, CertificateRequest, GatewaySlot, Measure, Sensor, SensorWords, Session, Sighting
from tests.support.fleet import ACTOR, Fleet, renewal, session_of
from tests.support.still_cut import assert_still_cut, entry_of, serials_on_the_list
from tests.support.world import PASSWORD


@pytest.fixture
def stolen(fleet: Fleet) -> Sensor:
    """Cut off, confirmed by its gateway."""
    sensor = fleet.connected()
    fleet.reported(sensor)
    fleet.observe(down=[sensor.subject], cuts=[fleet.cut_of(sensor)])
    return Sensor.objects.get(pk=sensor.pk)


def test_renewing_gives_nothing_back(fleet: Fleet, stolen: Sensor):
    certificate = fleet.certificate_of(stolen)
    with pytest.raises(RenewalRefused):
        request_renewal(sensor=stolen, **renewal(stolen))
    assert sign_waiting_certificates() == 0
    assert_still_cut(fleet, certificate)


def test_a_renewal_of_a_box_in_service_leaves_its_revoked_certificates_revoked(fleet: Fleet):
    sensor = fleet.connected()
    first = fleet.certificate_of(sensor)
    fleet.enrol(sensor)  # set up again: the first ends here
    request_renewal(sensor=sensor, **renewal(sensor))
    assert sign_waiting_certificates() == 1
    assert Revocation.objects.filter(certificate=first).exists()
    assert first.serial in serials_on_the_list(fleet)
    assert first.serial in entry_of(fleet, sensor)["revoked_serials"]


def test_no_new_code_is_issued_for_it(fleet: Fleet, stolen: Sensor):
    with pytest.raises(ValidationError):
        issue_sensor_code(sensor=stolen, issued_by=ACTOR)


def test_it_cannot_be_retired_out_of_its_case(fleet: Fleet, stolen: Sensor):
    certificate = fleet.certificate_of(stolen)
    with pytest.raises(ValidationError):
        retire_sensor(sensor=stolen, retired_by=ACTOR)
    assert_still_cut(fleet, certificate)


def test_another_box_under_its_name_brings_nothing_back(fleet: Fleet, stolen: Sensor):
    """The old one is renamed first, as the name is taken; then the new one takes name and site."""
    certificate, name = fleet.certificate_of(stolen), stolen.name
    describe_sensor(sensor=stolen, changes={"name": "stolen-one"}, described_by=ACTOR)
    again = fleet.connected(name)
    assert again.subject != stolen.subject
    assert again.address != stolen.address
    assert_still_cut(fleet, certificate)
    assert entry_of(fleet, again)["allowed"]
    assert certificate.serial not in entry_of(fleet, again)["serials"]


def test_renaming_changes_nothing_but_the_name(fleet: Fleet, stolen: Sensor):
    certificate, before = fleet.certificate_of(stolen), entry_of(fleet, stolen)
    words: SensorWords = {"name": "other", "description": "x", "hardware_serial": "y"}
    renamed = describe_sensor(sensor=stolen, changes=words, described_by=ACTOR)
    assert (renamed.subject, renamed.state, renamed.address) == (stolen.subject, stolen.state, stolen.address)
    assert entry_of(fleet, stolen) == before
    assert_still_cut(fleet, certificate)


@pytest.mark.parametrize("role", ["administrator", "operator", "auditor"])
def test_no_page_of_the_admin_deletes_it(fleet: Fleet, stolen: Sensor, role: str):
    client = Client()
    assert client.login(username=getattr(fleet.world, role).email, password=PASSWORD)
    certificate = fleet.certificate_of(stolen)
    for name in ("sensors_sensor", "sensors_case"):
        key = stolen.pk if name == "sensors_sensor" else Case.objects.get(sensor=stolen).pk
        answer = client.post(reverse(f"admin:{name}_delete", args=[key]), {"post": "yes"})
        assert answer.status_code in {403, 404}, name
        client.post(reverse(f"admin:{name}_changelist"), {"action": "delete_selected", "_selected_action": str(key)})
    assert Sensor.objects.filter(pk=stolen.pk).exists()
    assert_still_cut(fleet, certificate)


def test_its_row_is_not_deleted_while_anything_speaks_of_it(fleet: Fleet, stolen: Sensor):
    with pytest.raises(ProtectedError):
        stolen.delete()
    with pytest.raises(ProtectedError):
        Sensor.objects.filter(pk=stolen.pk).delete()
    assert_still_cut(fleet, fleet.certificate_of(stolen))


def test_a_row_deleted_by_force_un_revokes_nothing(fleet: Fleet, stolen: Sensor):
    """Somebody with a shell of the portal takes away everything that stands in the way."""
    certificate = fleet.certificate_of(stolen)
    for model in (Sighting, Measure):
        model.objects.filter(case__sensor=stolen).delete()
    rows: tuple[type[Model], ...] = (Case, GatewaySlot, Session, CertificateRequest)
    for each in rows:
        each._default_manager.filter(sensor=stolen).delete()
    stolen.delete()
    assert not Sensor.objects.filter(subject=certificate.subject).exists()
    assert_still_cut(fleet, certificate)
    again = fleet.connected(stolen.name)
    assert again.subject != certificate.subject
    assert_still_cut(fleet, certificate)


@pytest.mark.parametrize("table", ["pki_revocation", "pki_certificate"])
@pytest.mark.parametrize("sql", ["DELETE FROM {table}", "UPDATE {table} SET id = id + 1000"])
def test_not_even_sql_takes_a_revocation_back(fleet: Fleet, stolen: Sensor, table: str, sql: str):
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table=table))
    assert_still_cut(fleet, fleet.certificate_of(stolen))


def test_an_old_report_of_its_gateway_brings_no_session_back(fleet: Fleet, stolen: Sensor):
    old = fleet.report(up=[session_of(stolen)], sequence=1, complete=True)
    with pytest.raises(ReportReplayed):
        record_observation(gateway=fleet.gateway, report=old)
    assert not Session.objects.current().filter(sensor=stolen).exists()
    assert_still_cut(fleet, fleet.certificate_of(stolen))


def test_even_a_new_report_that_shows_it_connected_opens_nothing(fleet: Fleet, stolen: Sensor):
    """A gateway that lies, or that is behind: its word about a session is not a word about a certificate."""
    fleet.observe(up=[session_of(stolen)])
    assert Sensor.objects.get(pk=stolen.pk).state == stolen.state
    assert_still_cut(fleet, fleet.certificate_of(stolen))

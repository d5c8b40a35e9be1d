"""One box renews as fast as it is answered, so that its own cut-off has ten thousand serials to block."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from database.roles.declaration import SIGNER
from pki.models import Certificate, Revocation
from sensors.enrolment.operations.request_renewal import MOST_A_DAY, TooManyRenewals, request_renewal
from sensors.enrolment.operations.supersede_certificates import supersede_certificates
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.models import CertificateRequest, GatewaySlot, Sensor
from tests.support.fleet import Fleet, renewal, session_of, sign_waiting
from tests.support.machines_door import Machine, open_machines_door, reason_of
from tests.support.roles import acting_as

PATH = "/v1/certificate"


def serving(sensor: Sensor) -> list[str]:
    certificates = Certificate.objects.of_subject(sensor.subject).filter(revocation=None)
    return list(certificates.order_by("pk").values_list("serial", flat=True))


def renew(sensor: Sensor, *, by: Certificate | None = None) -> Certificate:
    request = request_renewal(sensor=sensor, **renewal(sensor, by=by))
    sign_waiting()
    signed = CertificateRequest.objects.get(pk=request.pk)
    assert signed.certificate is not None, signed.refused_because
    return signed.certificate


@pytest.fixture
def door(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    open_machines_door(settings, tmp_path_factory.getbasetemp() / "machines-state")


@pytest.mark.usefixtures("door")
def test_a_certificate_that_has_most_of_its_life_before_it_is_not_renewed(fleet: Fleet, settings: Any):
    settings.RENEWABLE_AFTER_PERCENT = 66
    sensor = fleet.connected()
    box = Machine.with_certificate(fleet.certificate_of(sensor), sensor.address)
    answer = box.post(PATH, renewal(sensor))
    assert reason_of(answer) == (403, "renewal-too-early")
    assert "can be renewed from" in answer.json()["detail"]
    assert not CertificateRequest.objects.filter(code=None).exists()


def test_the_signer_does_not_take_others_word_for_it(fleet: Fleet, settings: Any):
    """Whoever runs code in the door writes the request past its check."""
    sensor = fleet.connected()
    request = request_renewal(sensor=sensor, **renewal(sensor))
    settings.RENEWABLE_AFTER_PERCENT = 66
    sign_waiting()
    request.refresh_from_db()
    assert (request.certificate, "can be renewed from" in request.refused_because) == (None, True)


def test_a_box_has_two_certificates_at_most_and_few_a_day(fleet: Fleet):
    sensor = fleet.connected()
    first = fleet.certificate_of(sensor)
    for _ in range(MOST_A_DAY):
        newest = renew(sensor, by=first)
        assert serving(sensor) == [first.serial, newest.serial]
    with pytest.raises(TooManyRenewals):
        request_renewal(sensor=sensor, **renewal(sensor))
    CertificateRequest.objects.filter(code=None).update(signed_at=timezone.now() - timedelta(days=1, minutes=1))
    renew(sensor)


def test_the_one_before_ends_once_the_box_is_connected_with_the_new_one(fleet: Fleet):
    sensor = fleet.connected()
    first = fleet.certificate_of(sensor)
    newest = renew(sensor)
    with acting_as(SIGNER):
        assert supersede_certificates() == 0
    fleet.observe(up=[session_of(sensor, client=8, serial=newest.serial)])
    before = GatewaySlot.objects.get(sensor=sensor).generation
    with acting_as(SIGNER):
        assert (supersede_certificates(), supersede_certificates()) == (1, 0)
    assert serving(sensor) == [newest.serial]
    assert Revocation.objects.get(certificate=first).reason == "superseded"
    assert GatewaySlot.objects.get(sensor=sensor).generation > before


def test_a_box_that_went_back_to_the_one_before_keeps_both(fleet: Fleet):
    sensor = fleet.connected()
    first = fleet.certificate_of(sensor)
    newest = renew(sensor)
    fleet.observe(up=[session_of(sensor, client=8, serial=first.serial)])
    with acting_as(SIGNER):
        assert supersede_certificates() == 0
    assert serving(sensor) == [first.serial, newest.serial]


def test_a_gateway_that_names_anothers_certificate_ends_none(fleet: Fleet):
    sensor, other = fleet.connected("one"), fleet.connected("two")
    renew(sensor)
    fleet.observe(up=[session_of(sensor, client=8, serial=fleet.certificate_of(other).serial)])
    with acting_as(SIGNER):
        assert supersede_certificates() == 0


def test_what_has_ended_long_ago_is_not_told_to_the_gateway(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    sensor = fleet.connected()
    renew(sensor)
    [entry] = describe_gateway_state(gateway=fleet.gateway, since=0)["sensors"]
    assert len(entry["serials"]) == 2
    in_a_year = timezone.now() + timedelta(days=365)
    monkeypatch.setattr("sensors.gateways.operations.describe_gateway_state.timezone.now", lambda: in_a_year)
    [entry] = describe_gateway_state(gateway=fleet.gateway, since=0)["sensors"]
    assert (entry["serials"], entry["revoked_serials"]) == ([], [])

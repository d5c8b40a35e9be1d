from datetime import timedelta

import pytest
from django.utils import timezone

from sensors.enrolment.operations.forget_tunnel_keys import forget_tunnel_keys
from sensors.models import CertificateRequest, Sensor
from tests.support.fleet import Fleet, session_of


@pytest.fixture
def sensor(fleet: Fleet) -> Sensor:
    return fleet.enrolled()


def kept() -> bool:
    return CertificateRequest.objects.exclude(tunnel_key="").exists()


def minutes_since_signing(minutes: int) -> None:
    CertificateRequest.objects.update(signed_at=timezone.now() - timedelta(minutes=minutes))


def test_a_key_that_was_just_made_is_kept_for_the_box_to_collect(sensor: Sensor):
    assert forget_tunnel_keys() == 0
    assert kept()


def test_once_the_box_was_seen_connected_its_key_is_erased(fleet: Fleet, sensor: Sensor):
    fleet.observe(up=[session_of(sensor)])
    assert forget_tunnel_keys() == 1
    assert not kept()
    assert forget_tunnel_keys() == 0


def test_an_hour_later_it_is_erased_collected_or_not(sensor: Sensor):
    minutes_since_signing(59)
    assert forget_tunnel_keys() == 0
    minutes_since_signing(61)
    assert forget_tunnel_keys() == 1
    assert not kept()


def test_a_session_of_before_the_signature_collected_nothing(fleet: Fleet, sensor: Sensor):
    fleet.observe(up=[session_of(sensor, since=timezone.now() - timedelta(minutes=5))])
    assert forget_tunnel_keys() == 0
    assert kept()


def test_several_sessions_count_as_one_and_another_sensors_not_at_all(fleet: Fleet, sensor: Sensor):
    other = fleet.enrolled("box-2")
    for _ in range(3):
        fleet.observe(up=[session_of(other, since=timezone.now())])
    assert forget_tunnel_keys() == 1
    assert CertificateRequest.objects.exclude(tunnel_key="").get().sensor == sensor


def test_certificate_and_digest_stay(sensor: Sensor):
    minutes_since_signing(61)
    forget_tunnel_keys()
    request = CertificateRequest.objects.get()
    assert request.certificate is not None
    assert request.csr_digest

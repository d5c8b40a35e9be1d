"""That a certificate is cut off, in all the places that say so."""

from typing import Any

from cryptography import x509
from django.utils import timezone

from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from pki.models import Certificate, Revocation
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.keys.release_decision import Outcome
from sensors.models import Sensor
from tests.support.fleet import Fleet, as_reported


def assert_still_cut(fleet: Fleet, certificate: Certificate) -> None:
    """For the certificate: revoked, on the list, told to the gateway as revoked, and good for no key."""
    assert Revocation.objects.filter(certificate=certificate).exists()
    assert certificate.serial in serials_on_the_list(fleet)
    sensor = Sensor.objects.filter(subject=certificate.subject).first()
    if sensor is None:
        return
    entry = entry_of(fleet, sensor)
    assert certificate.serial in entry["revoked_serials"]
    assert certificate.serial not in entry["serials"]
    answer = release_disk_key(
        sensor=sensor, certificate=certificate, source=sensor.address, confirmation=as_reported(sensor)
    )
    assert (answer.verdict.outcome, answer.disk_key) == (Outcome.REFUSED, None)


def entry_of(fleet: Fleet, sensor: Sensor) -> dict[str, Any]:
    entries = describe_gateway_state(gateway=fleet.gateway, since=0)["sensors"]
    return dict(next(entry for entry in entries if entry["subject"] == sensor.subject))


def serials_on_the_list(fleet: Fleet) -> set[str]:
    crl = publish_crl(authority=fleet.authority, signer=configured_signer(), now=timezone.now(), force=True)
    assert crl is not None
    return {str(entry.serial_number) for entry in x509.load_der_x509_crl(bytes(crl.der))}

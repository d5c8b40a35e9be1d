"""What a machine sends is JSON of bearable size and of the right types, or nothing happens."""

import json

import pytest

from sensors.models import CertificateRequest, GatewayContact, SensorContact
from tests.support.machines_door import Machine, reason_of

MALFORMED = (400, "malformed")
SENSOR_PATHS = ["/v1/heartbeat", "/v1/certificate"]

NO_OBJECTS = [
    b"",
    b"not json",
    b"{",
    b"[]",
    b'"text"',
    b"1",
    b"null",
    b"\xff\xfe\x00",
    b'{"disk": "open", "kit_version": "1"',
    b"[" * 20_000,
    b'{"a":' * 5_000,
    b"1" * 6_000,
    b"disk=open&kit_version=1",
]


@pytest.mark.parametrize("raw", NO_OBJECTS, ids=lambda raw: repr(raw[:12]))
@pytest.mark.parametrize("path", SENSOR_PATHS)
def test_a_sensors_body_that_is_no_json_object_is_refused(box: Machine, path: str, raw: bytes):
    assert reason_of(box.post(path, raw=raw)) == MALFORMED
    assert not SensorContact.objects.exists()


@pytest.mark.parametrize("raw", NO_OBJECTS, ids=lambda raw: repr(raw[:12]))
def test_a_gateways_body_that_is_no_json_object_is_refused(agent: Machine, raw: bytes):
    assert reason_of(agent.post("/v1/gateway/observed", raw=raw)) == MALFORMED
    assert not GatewayContact.objects.exists()


@pytest.mark.parametrize("path", SENSOR_PATHS)
def test_a_sensors_body_that_is_too_large_is_refused(box: Machine, path: str):
    raw = json.dumps({"disk": "open", "kit_version": "1", "csr": "", "padding": "x" * 32 * 1024}).encode()
    assert reason_of(box.post(path, raw=raw)) == MALFORMED
    assert not SensorContact.objects.exists()
    assert not CertificateRequest.objects.filter(code=None).exists()


def test_a_gateways_body_that_is_too_large_is_refused(agent: Machine):
    assert reason_of(agent.post("/v1/gateway/observed", raw=b" " * (8 * 1024 * 1024 + 1))) == MALFORMED


@pytest.mark.parametrize(
    "value", [None, 1, True, [], {}, ["open"], "Open", "ajar", "open\n", "open\0", "\ud800", "x" * 11]
)
def test_a_heartbeat_knows_four_states_of_a_disk(box: Machine, value: object):
    assert reason_of(box.post("/v1/heartbeat", {"disk": value, "kit_version": "1"})) == MALFORMED
    assert not SensorContact.objects.exists()


@pytest.mark.parametrize(
    "value", [None, 1, [], "x" * 41, "1\n2", "1\x1b[2J", "1\0", "1\N{RIGHT-TO-LEFT OVERRIDE}2", "\ud800"]
)
def test_a_heartbeats_version_is_one_short_printable_line(box: Machine, value: object):
    assert reason_of(box.post("/v1/heartbeat", {"disk": "open", "kit_version": value})) == MALFORMED
    assert not SensorContact.objects.exists()


@pytest.mark.parametrize("body", [{"disk": "open"}, {"kit_version": "1"}, {}])
def test_a_heartbeat_with_a_part_missing_is_refused(box: Machine, body: dict[str, str]):
    assert reason_of(box.post("/v1/heartbeat", body)) == MALFORMED


@pytest.mark.parametrize("value", [None, 1, True, [], {}, "x" * 20_001, "a\0b"])
def test_a_renewals_csr_is_a_text_of_bearable_length(box: Machine, value: object):
    assert reason_of(box.post("/v1/certificate", {"csr": value, "proof": ""})) == MALFORMED
    assert not CertificateRequest.objects.filter(code=None).exists()


@pytest.mark.parametrize("value", [None, 1, True, [], {}, "x" * 2_001, "a\0b"])
def test_a_renewals_proof_is_a_text_of_bearable_length(box: Machine, value: object):
    assert reason_of(box.post("/v1/certificate", {"csr": "", "proof": value})) == MALFORMED

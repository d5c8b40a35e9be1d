import json
import re
from pathlib import Path

import pytest
from cryptography import x509

from tests.support.authority import Authority, make_authority
from tests.support.checkout import CHECKOUT
from tests.support.sensor_kit.doors import Answer, Door, Request
from tests.support.sensor_kit.enrolment import ENROL_PATH, OPENVPN_CONFIG, TLS_CRYPT_KEY, enrol, other_public_key, sign
from tests.support.sensor_kit.kit import SUBJECT


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "gateway"},
        {"kind": None},
        {"subject": "g-abcdefghijkl"},
        {"subject": "s-abcdefghij2\n"},
        {"subject": "s-aaaaaaaaaaaa"},
        {"subject": ["s-abcdefghij27"]},
        {"address": "10.88.0.5; reboot"},
        {"address": "10.88.0.500"},
        {"machines_door_url": "http://10.88.0.1:8443"},
        {"machines_door_url": "https://10.88.0.1:8443\ndisk_device=/dev/sda"},
        {"machines_door_url": "https://$(reboot)/"},
        {"machines_door_url": "https://10.88.0.1:99999"},
        {"machines_door_url": "https://10.88.0.1:"},
        {"machines_door_url": "https://10.88.0.1:8443/elsewhere"},
        {"machines_door_url": "https://[fd00::1"},
        {"machines_door_url": "https://10.88.0.1:8443:1"},
        {"certificate": "nonsense"},
        {"certificate": None},
        {"chain": "nonsense"},
        {"chain": make_authority("stranger").pem},
        {"chain": make_authority("stranger").pem * 5},
        {"tls_crypt_v2_client_key": "nonsense"},
        {"tls_crypt_v2_client_key": TLS_CRYPT_KEY * 2},
        {"tls_crypt_v2_client_key": TLS_CRYPT_KEY.replace("\n", "\r\n")},
        {"tls_crypt_v2_client_key": "\n".join(TLS_CRYPT_KEY.splitlines()[:1] + TLS_CRYPT_KEY.splitlines()[-1:])},
        {"tls_crypt_v2_client_key": TLS_CRYPT_KEY + "up /bin/sh\n"},
        {"openvpn_config": OPENVPN_CONFIG + "up /bin/sh\n"},
        {"openvpn_config": ""},
    ],
    ids=lambda change: repr(change).splitlines()[0][:40],
)
def test_an_answer_that_is_not_right_is_not_taken(
    directory: Path, portal: Door, authority: Authority, change: dict[str, object]
) -> None:
    portal.answers[ENROL_PATH] = [lambda request: sign(authority, request, **change)]
    done = enrol(directory, portal)
    assert done.code == 17, done.err
    assert "was not taken" in done.err
    assert {path.name for path in directory.iterdir()} == {"enrolment", "lock"}
    assert not (directory / "enrolment" / "complete").exists()


def test_a_certificate_for_another_key_is_not_taken(directory: Path, portal: Door, authority: Authority) -> None:
    stolen = authority.certify(SUBJECT, other_public_key())
    portal.answers[ENROL_PATH] = [lambda request: sign(authority, request, certificate=stolen)]
    done = enrol(directory, portal)
    assert done.code == 17
    assert "not for this sensor's key" in done.err


@pytest.mark.parametrize(
    ("member", "more"),
    [
        ("certificate", "up /bin/sh\n"),
        ("certificate", make_authority("stranger").pem),
        ("chain", "# and\n"),
        ("chain", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        ("chain", "-----BEGIN CERTIFICATE-----\nAAAA\n"),
    ],
)
def test_a_certificate_with_anything_beside_it_is_not_taken(
    directory: Path, portal: Door, authority: Authority, member: str, more: str
) -> None:
    def answer(request: Request) -> Answer:
        right = sign(authority, request)
        members = json.loads(right.body)
        return Answer(status=201, body=json.dumps({**members, member: members[member] + more}).encode())

    portal.answers[ENROL_PATH] = [answer]
    done = enrol(directory, portal)
    assert done.code == 17
    assert "nothing else" in done.err


def test_a_servers_certificate_is_not_taken(directory: Path, portal: Door, authority: Authority) -> None:
    def answer(request: Request) -> Answer:
        csr = x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode())
        return sign(authority, request, certificate=authority.certify(SUBJECT, csr.public_key(), server=True))

    portal.answers[ENROL_PATH] = [answer]
    assert enrol(directory, portal).code == 17


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"<html>", b'{"kind": "sensor"', b"\0" * 100])
def test_a_body_that_is_no_object_is_not_taken(directory: Path, portal: Door, body: bytes) -> None:
    portal.answers[ENROL_PATH] = [Answer(status=201, body=body)]
    assert enrol(directory, portal).code == 17


def test_the_portals_own_template_is_taken(directory: Path, portal: Door, authority: Authority) -> None:
    """What the portal renders and what the kit allows are written in two places: this holds them together."""
    template = CHECKOUT / "templates" / "artifacts" / "client.conf"
    values = {
        "proto": "udp",
        "remotes": "remote vpn.example.net 1194",
        "mssfix": "1400",
        "gateway_subject": "g-abcdefghijkl",
    }
    config = re.sub(r"\$\{?(\w+)\}?", lambda match: values[match[1]], template.read_text())
    portal.answers[ENROL_PATH] = [lambda request: sign(authority, request, openvpn_config=config)]
    done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert (directory / "client.conf").read_text() == config

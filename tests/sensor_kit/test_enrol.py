import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Door
from tests.support.sensor_kit.enrolment import (
    CODE,
    ENROL_PATH,
    OPENVPN_CONFIG,
    TLS_CRYPT_KEY,
    SigningPortal,
    arguments_for,
    assert_enrolled,
    enrol,
    json_answer,
    sign,
)
from tests.support.sensor_kit.kit import ADDRESS, SUBJECT, run_kit, wrap_program


def test_it_waits_for_the_signer_and_stores_all_that_the_tunnel_needs(
    directory: Path, portal: Door, authority: Authority
) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority, waits=1)]
    done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert f"enrolled as {SUBJECT} with address {ADDRESS}" in done.out
    first, second = portal.requests
    assert first.body == second.body
    assert second.at - first.at >= 1
    assert json.loads(first.body)["code"] == CODE
    assert_enrolled(directory)
    assert (directory / "client.conf").read_text() == OPENVPN_CONFIG
    assert (directory / "tls-crypt-v2.key").read_text() == TLS_CRYPT_KEY
    assert (directory / "ca.crt").read_text() == authority.pem
    settings = (directory / "sensor.conf").read_text().splitlines()
    assert "machines_door_url=https://10.88.0.1:8443" in settings
    assert "tunnel_device=tun0" in settings


def test_the_private_key_is_p256_and_is_not_in_the_request(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
    assert enrol(directory, portal).code == 0
    key = serialization.load_pem_private_key((directory / "client.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    (request,) = portal.requests
    assert b"PRIVATE" not in request.body
    assert set(json.loads(request.body)) == {"code", "csr"}
    assert x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode()).is_signature_valid


def test_the_code_is_no_argument_of_any_program(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
    programs = directory.parent / "programs"
    for name in ("curl", "openssl", "awk", "cat", "mv", "sync", "date"):
        spy = f'tr "\\0" "\\n" </proc/self/environ >>{programs}/seen; echo "$@" >>{programs}/seen'
        wrap_program(programs, name, f'{spy}\nexec $REAL "$@"')
    assert enrol(directory, portal, path=programs).code == 0
    seen = (programs / "seen").read_text()
    assert "--data-binary @-" in seen
    assert CODE not in seen


def test_an_enrolled_sensor_is_left_alone_unless_told_otherwise(
    directory: Path, portal: Door, authority: Authority
) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
    assert enrol(directory, portal).code == 0
    with (directory / "sensor.conf").open("a") as settings:
        settings.write("disk_device=/dev/sdb\n")
    before = (directory / "client.key").read_bytes()
    again = enrol(directory, portal)
    assert again.code == 0
    assert "already enrolled" in again.out
    assert (directory / "client.key").read_bytes() == before
    assert len(portal.requests) == 1
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
    anew = enrol(directory, portal, "--again")
    assert anew.code == 0
    assert "restart nsm-tunnel.service" in anew.out
    assert (directory / "client.key").read_bytes() != before
    assert_enrolled(directory)
    assert "disk_device=/dev/sdb\n" in (directory / "sensor.conf").read_text()


@pytest.mark.parametrize(("status", "reason"), [(400, "csr-refused"), (403, "code-refused")])
def test_a_refusal_names_its_reason_and_stores_nothing(directory: Path, portal: Door, status: int, reason: str) -> None:
    portal.answers[ENROL_PATH] = [json_answer(status, {"reason": reason, "detail": "no"})]
    done = enrol(directory, portal)
    assert done.code == 10
    assert reason in done.err
    assert {path.name for path in directory.iterdir()} == {"enrolment", "lock"}


def test_too_many_tries_and_a_broken_portal_are_waited_for(directory: Path, portal: Door, authority: Authority) -> None:
    busy = json_answer(429, {"reason": "slow-down"}, ("Retry-After", "1"))
    portal.answers[ENROL_PATH] = [busy, Answer(status=502), SigningPortal(authority=authority)]
    done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert len(portal.requests) == 3


def test_a_signer_that_never_comes_is_given_up(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority, waits=99)]
    done = enrol(directory, portal, "--timeout", "2")
    assert done.code == 12
    assert done.seconds < 12


def test_a_silent_portal_is_given_up(directory: Path, portal: Door) -> None:
    portal.answers[ENROL_PATH] = [Answer(silent=60)]
    done = enrol(directory, portal, "--timeout", "2")
    assert done.code == 12
    assert done.seconds < 12


def test_a_portal_of_another_authority_hears_no_code(
    directory: Path, machines_door: Door, authority: Authority
) -> None:
    """The stub of the machines' door has a certificate of another authority than --ca-file names."""
    machines_door.answers[ENROL_PATH] = [lambda request: sign(authority, request)]
    done = enrol(directory, machines_door, "--timeout", "1")
    assert done.code == 12
    assert machines_door.requests == []


@pytest.mark.parametrize("code", ["", '","csr":"', "a$(id)", "a\\u0041", "x" * 201])
def test_a_code_that_is_none_is_never_sent(directory: Path, portal: Door, code: str) -> None:
    assert enrol(directory, portal, code=code).code == 2
    assert portal.requests == []


def test_the_code_may_stand_in_a_file(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [SigningPortal(authority=authority)]
    file = directory.parent / "code"
    file.write_text(f"{CODE}\r\n")
    arguments = arguments_for(directory, portal)
    done = run_kit(directory, *arguments[:-1], str(file))
    assert done.code == 0, done.err
    assert json.loads(portal.requests[0].body)["code"] == CODE


@pytest.mark.parametrize("url", ["http://portal.example", "ftp://portal.example", "portal.example", "https://"])
def test_the_code_is_not_sent_in_the_clear(directory: Path, url: str) -> None:
    done = run_kit(directory, "enrol", "--portal", url, "--code-file", "-", stdin=CODE)
    assert done.code == 2
    assert not directory.exists()

import json
import re
import stat
import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .doors import Answer, Door, Request
from .enrolment import (
    CODE,
    ENROL_PATH,
    OPENVPN_CONFIG,
    TLS_CRYPT_KEY,
    Portal,
    json_answer,
    other_public_key,
    public_bytes,
    sign,
)
from .kit import ADDRESS, NSM_SENSOR, SUBJECT, Outcome, kit_environment, run_kit, wrap_program
from .pki import Authority, make_authority

INSTALLED = {"ca.crt", "client.conf", "client.crt", "client.key", "sensor.conf", "tls-crypt-v2.key"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "sensor"


def arguments_for(directory: Path, portal: Door) -> list[str]:
    ca_file = directory.parent / "public-ca.crt"
    ca_file.write_text(make_authority("public").pem)
    return ["enrol", "--portal", portal.url, "--ca-file", str(ca_file), "--code-file", "-"]


def enrol(directory: Path, portal: Door, *options: str, code: str = CODE, path: Path | None = None) -> Outcome:
    return run_kit(directory, *arguments_for(directory, portal), *options, stdin=code + "\n", path=path)


def assert_enrolled(directory: Path) -> None:
    assert {path.name for path in directory.iterdir()} == INSTALLED
    key = serialization.load_pem_private_key((directory / "client.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = x509.load_pem_x509_certificate((directory / "client.crt").read_bytes())
    assert public_bytes(key.public_key()) == public_bytes(certificate.public_key())
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_it_waits_for_the_signer_and_stores_all_that_the_tunnel_needs(
    directory: Path, portal: Door, authority: Authority
) -> None:
    portal.answers[ENROL_PATH] = [Portal(authority=authority, waits=1)]
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
    portal.answers[ENROL_PATH] = [Portal(authority=authority)]
    assert enrol(directory, portal).code == 0
    key = serialization.load_pem_private_key((directory / "client.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    (request,) = portal.requests
    assert b"PRIVATE" not in request.body
    assert set(json.loads(request.body)) == {"code", "csr"}
    assert x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode()).is_signature_valid


def test_the_code_is_no_argument_of_any_program(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [Portal(authority=authority)]
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
    portal.answers[ENROL_PATH] = [Portal(authority=authority)]
    assert enrol(directory, portal).code == 0
    with (directory / "sensor.conf").open("a") as settings:
        settings.write("disk_device=/dev/sdb\n")
    before = (directory / "client.key").read_bytes()
    again = enrol(directory, portal)
    assert again.code == 0
    assert "already enrolled" in again.out
    assert (directory / "client.key").read_bytes() == before
    assert len(portal.requests) == 1
    portal.answers[ENROL_PATH] = [Portal(authority=authority)]
    assert enrol(directory, portal, "--again").code == 0
    assert (directory / "client.key").read_bytes() != before
    assert_enrolled(directory)
    assert "disk_device=/dev/sdb\n" in (directory / "sensor.conf").read_text()


@pytest.mark.parametrize(("status", "reason"), [(400, "csr-refused"), (403, "code-refused")])
def test_a_refusal_names_its_reason_and_stores_nothing(directory: Path, portal: Door, status: int, reason: str) -> None:
    portal.answers[ENROL_PATH] = [json_answer(status, {"reason": reason, "detail": "no"})]
    done = enrol(directory, portal)
    assert done.code == 10
    assert reason in done.err
    assert {path.name for path in directory.iterdir()} == {"enrolment"}


def test_too_many_tries_and_a_broken_portal_are_waited_for(directory: Path, portal: Door, authority: Authority) -> None:
    busy = json_answer(429, {"reason": "slow-down"}, ("Retry-After", "1"))
    portal.answers[ENROL_PATH] = [busy, Answer(status=502), Portal(authority=authority)]
    done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert len(portal.requests) == 3


def test_a_signer_that_never_comes_is_given_up(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [Portal(authority=authority, waits=99)]
    done = enrol(directory, portal, "--timeout", "2")
    assert done.code == 12
    assert done.seconds < 5


def test_a_silent_portal_is_given_up(directory: Path, portal: Door) -> None:
    portal.answers[ENROL_PATH] = [Answer(silent=60)]
    done = enrol(directory, portal, "--timeout", "2")
    assert done.code == 12
    assert done.seconds < 6


def test_a_portal_of_another_authority_hears_no_code(
    directory: Path, machines_door: Door, authority: Authority
) -> None:
    """The stub of the machines' door has a certificate of another authority than --ca-file names."""
    machines_door.answers[ENROL_PATH] = [lambda request: sign(authority, request)]
    done = enrol(directory, machines_door, "--timeout", "1")
    assert done.code == 12
    assert machines_door.requests == []


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
        {"certificate": "nonsense"},
        {"certificate": None},
        {"chain": "nonsense"},
        {"chain": make_authority("stranger").pem},
        {"tls_crypt_v2_client_key": "nonsense"},
        {"tls_crypt_v2_client_key": TLS_CRYPT_KEY + "up /bin/sh\n"},
        {"openvpn_config": OPENVPN_CONFIG + "up /bin/sh\n"},
        {"openvpn_config": ""},
    ],
    ids=repr,
)
def test_an_answer_that_is_not_right_is_not_taken(
    directory: Path, portal: Door, authority: Authority, change: dict[str, object]
) -> None:
    portal.answers[ENROL_PATH] = [lambda request: sign(authority, request, **change)]
    done = enrol(directory, portal)
    assert done.code == 17, done.err
    assert "was not taken" in done.err
    assert {path.name for path in directory.iterdir()} == {"enrolment"}
    assert not (directory / "enrolment" / "complete").exists()


def test_a_certificate_for_another_key_is_not_taken(directory: Path, portal: Door, authority: Authority) -> None:
    stolen = authority.issue(SUBJECT, other_public_key())
    portal.answers[ENROL_PATH] = [lambda request: sign(authority, request, certificate=stolen)]
    done = enrol(directory, portal)
    assert done.code == 17
    assert "not for this sensor's key" in done.err


def test_a_servers_certificate_is_not_taken(directory: Path, portal: Door, authority: Authority) -> None:
    def answer(request: Request) -> Answer:
        csr = x509.load_pem_x509_csr(json.loads(request.body)["csr"].encode())
        return sign(authority, request, certificate=authority.issue(SUBJECT, csr.public_key(), server=True))

    portal.answers[ENROL_PATH] = [answer]
    assert enrol(directory, portal).code == 17


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"<html>", b'{"kind": "sensor"', b"\0" * 100])
def test_a_body_that_is_no_object_is_not_taken(directory: Path, portal: Door, body: bytes) -> None:
    portal.answers[ENROL_PATH] = [Answer(status=201, body=body)]
    assert enrol(directory, portal).code == 17


@pytest.mark.parametrize("code", ["", '","csr":"', "a$(id)", "a\\u0041", "x" * 201])
def test_a_code_that_is_none_is_never_sent(directory: Path, portal: Door, code: str) -> None:
    assert enrol(directory, portal, code=code).code == 2
    assert portal.requests == []


def test_the_code_may_stand_in_a_file(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [Portal(authority=authority)]
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


def test_it_goes_on_after_a_kill_while_it_waits(directory: Path, portal: Door, authority: Authority) -> None:
    portal.answers[ENROL_PATH] = [Portal(authority=authority, waits=1)]
    command = [str(NSM_SENSOR), "--directory", str(directory), *arguments_for(directory, portal)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kit_environment(), text=True
    )
    assert process.stdin is not None
    process.stdin.write(CODE + "\n")
    process.stdin.close()
    deadline = time.monotonic() + 10
    while not portal.requests and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert enrol(directory, portal).code == 0
    assert len({request.body for request in portal.requests}) == 1
    assert_enrolled(directory)


def test_it_goes_on_after_a_kill_at_any_change_of_a_file(tmp_path: Path, portal: Door, authority: Authority) -> None:
    """Killed before and after each rename, then run again: always enrolled, always with the key that was asked for."""
    kills = 0
    for when in ("before", "after"):
        for number in range(1, 30):
            directory = tmp_path / f"{when}-{number}"
            portal.answers[ENROL_PATH] = [Portal(authority=authority)]
            portal.requests.clear()
            killed = enrol(directory, portal, path=killing_programs(tmp_path, when, number))
            (tmp_path / "programs" / "count").unlink(missing_ok=True)
            if killed.code == 0:
                break
            kills += 1
            assert killed.code == -9
            done = enrol(directory, portal)
            assert done.code == 0, (when, number, done.err)
            assert len({request.body for request in portal.requests}) == 1
            assert_enrolled(directory)
    assert kills >= 18


def killing_programs(folder: Path, when: str, number: int) -> Path:
    """An mv that kills the kit, itself and all, at its `number`th call."""
    kill = f'[ $(wc -l <"${{0%/*}}/count") -ne {number} ] || kill -9 0'
    steps = {
        "before": f'{kill}\nexec $REAL "$@"',
        "after": f'$REAL "$@"\nstatus=$?\n{kill}\nexit $status',
    }
    return wrap_program(folder / "programs", "mv", f'echo >>"${{0%/*}}/count"\n{steps[when]}')


def test_the_portals_own_template_is_taken(directory: Path, portal: Door, authority: Authority) -> None:
    """What the portal renders and what the kit allows are written in two places: this holds them together."""
    template = Path(__file__).resolve().parents[2] / "templates" / "artifacts" / "client.conf"
    values = {"host": "vpn.example.net", "port": "1194", "gateway_subject": "g-abcdefghijkl"}
    config = re.sub(r"\$\{?(\w+)\}?", lambda match: values[match[1]], template.read_text())
    portal.answers[ENROL_PATH] = [lambda request: sign(authority, request, openvpn_config=config)]
    done = enrol(directory, portal)
    assert done.code == 0, done.err
    assert (directory / "client.conf").read_text() == config

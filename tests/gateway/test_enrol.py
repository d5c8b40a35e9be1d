"""Enrolment against stand-ins for both doors: real TLS, no root."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.agent_directory import AgentDirectory
from gateway.enrol import AlreadyEnrolled, EnrolmentRefused, EnrolmentUnfinished, enrol
from gateway.to_portal.certificates import make_csr, make_key
from gateway.to_portal.enrolment_file import Enrolment, NotEnrolled, connect_machines_door, load_enrolment
from gateway.to_portal.portal_client import PortalClient
from tests.support.authority import make_authority
from tests.support.checkout import CHECKOUT
from tests.support.gateway.enrolment_door import CODE, EnrolmentDoor
from tests.support.gateway.machines_door import MachinesDoor, Portal

SUBJECT = "g-gatewayaaaaa"
BEGIN, END = b"-----BEGIN OpenVPN tls-crypt-v2 server key-----\n", b"-----END OpenVPN tls-crypt-v2 server key-----\n"
TLS_CRYPT_KEY = BEGIN + base64.encodebytes(bytes(range(128))) + END


@dataclass
class Doors:
    people: EnrolmentDoor
    machines: MachinesDoor
    ca_file: Path
    directory: AgentDirectory

    def enrol(self, *, code: str = CODE, seconds: float = 20, with_new_key: bool = False) -> Enrolment:
        return enrol(
            directory=self.directory,
            portal=self.people.url,
            ca_file=self.ca_file,
            code=code,
            seconds=seconds,
            with_new_key=with_new_key,
        )


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    authority = make_authority()
    ca_file = tmp_path / "portal-ca.crt"
    ca_file.write_text(authority.pem)
    people = EnrolmentDoor(tmp_path, authority=authority, subject=SUBJECT)
    machines = MachinesDoor(
        tmp_path,
        authority=authority,
        door=authority.issue("door", server=True),
        subject=SUBJECT,
        portal=Portal(),
        tls_crypt_key=TLS_CRYPT_KEY,
    )
    machines.open()
    people.machines_door_url = f"https://127.0.0.1:{machines.port}"
    yield Doors(people, machines, ca_file, AgentDirectory(tmp_path / "gateway"))
    people.close()
    machines.close()


def test_it_stores_all_that_openvpn_and_the_agent_need(doors: Doors) -> None:
    enrolment = doors.enrol()
    directory = doors.directory
    assert enrolment == Enrolment(SUBJECT, doors.people.machines_door_url)
    assert directory.tls_crypt_key.read_bytes() == TLS_CRYPT_KEY
    assert "BEGIN CERTIFICATE-----" in directory.certificate.read_text()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (directory.key, directory.tls_crypt_key)}
    assert set(modes.values()) == {0o600}


def test_it_asks_again_with_the_same_body_until_it_is_signed(doors: Doors) -> None:
    doors.people.pending = 3
    doors.enrol()
    assert len(doors.people.bodies) == 4
    assert all(body == doors.people.bodies[0] for body in doors.people.bodies)


def test_the_private_key_is_not_in_what_it_sends(doors: Doors) -> None:
    doors.enrol()
    sent = json.dumps(doors.people.bodies)
    assert "PRIVATE" not in sent
    key = load_pem_private_key(doors.directory.key.read_bytes(), password=None)
    assert key.key_size == 256  # type: ignore[union-attr]


def test_it_goes_on_after_it_was_interrupted_with_the_same_key(doors: Doors) -> None:
    doors.machines.close()
    with pytest.raises(EnrolmentUnfinished):
        doors.enrol(seconds=1)
    key = doors.directory.key.read_bytes()
    doors.machines.open()
    doors.enrol()
    assert doors.directory.key.read_bytes() == key
    assert doors.directory.tls_crypt_key.exists()


def test_interrupted_before_the_answer_it_sends_the_same_request(doors: Doors) -> None:
    doors.people.pending = 1000
    with pytest.raises(EnrolmentUnfinished):
        doors.enrol(seconds=0.5)
    doors.people.pending = 0
    doors.enrol()
    assert doors.people.bodies[0] == doors.people.bodies[-1]


def test_interrupted_between_key_and_csr_it_makes_both_anew(doors: Doors) -> None:
    doors.directory.root.mkdir()
    doors.directory.csr.write_bytes(make_csr(make_key()))
    doors.enrol()
    assert "BEGIN" in doors.directory.key.read_text()


def test_a_wrong_code_is_refused_for_good_and_not_repeated_in_the_error(doors: Doors) -> None:
    with pytest.raises(EnrolmentRefused, match="code-refused") as refusal:
        doors.enrol(code="WRONG-CODE")
    assert "WRONG-CODE" not in str(refusal.value)
    assert len(doors.people.bodies) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "sensor"},
        {"subject": "s-sensoraaaaaa"},
        {"subject": "../../etc/cron"},
        {"machines_door_url": "http://127.0.0.1:1"},
        {"machines_door_url": "https://127.0.0.1:1\n"},
        {"machines_door_url": "https://127.0.\n0.1:1"},
        {"machines_door_url": "https://somebody@127.0.0.1:1"},
        {"machines_door_url": "https://127.0.0.1:1/elsewhere"},
        {"machines_door_url": "https://127.0.0.1:99999"},
        {"machines_door_url": "https://"},
        {"chain": "nothing"},
        {"chain": make_authority("Another").pem},
        {"certificate": make_authority("Another").issue(SUBJECT).certificate},
    ],
)
def test_a_faulty_answer_is_refused_and_nothing_of_it_stored(doors: Doors, change: dict[str, str]) -> None:
    doors.people.change = change
    with pytest.raises(EnrolmentRefused):
        doors.enrol()
    assert not doors.directory.certificate.exists()
    assert not doors.directory.enrolment.exists()


def test_only_the_certificates_that_were_looked_at_are_stored(doors: Doors) -> None:
    doors.people.change = {"chain": "up /bin/sh\n" + doors.people.authority.pem + "more\n"}
    doors.enrol()
    assert doors.directory.ca.read_text() == doors.people.authority.pem


@pytest.mark.parametrize("chain", ["a leaf", "five"])
def test_a_chain_of_anything_but_a_few_authorities_is_refused(doors: Doors, chain: str) -> None:
    authority = doors.people.authority
    more = authority.issue(SUBJECT).certificate if chain == "a leaf" else authority.pem * 4
    doors.people.change = {"chain": authority.pem + more}
    with pytest.raises(EnrolmentRefused, match="1 to 4 authorities"):
        doors.enrol()
    assert not doors.directory.ca.exists()


@pytest.mark.parametrize(
    "key",
    [
        b"",
        BEGIN + b"AAAA\n" + END,
        b"up /bin/sh\n" + TLS_CRYPT_KEY,
        TLS_CRYPT_KEY + b"up /bin/sh\n",
        TLS_CRYPT_KEY * 2,
        TLS_CRYPT_KEY.replace(b"server", b"client"),
        TLS_CRYPT_KEY.replace(b"\n", b"\r\n"),
    ],
)
def test_anything_but_one_tls_crypt_v2_server_key_is_refused(doors: Doors, key: bytes) -> None:
    doors.machines._handler.tls_crypt_key = key  # type: ignore[attr-defined]
    with pytest.raises(EnrolmentRefused, match="something else than a tls-crypt-v2 server key"):
        doors.enrol()
    assert not doors.directory.tls_crypt_key.exists()


def test_enrolled_already_is_said_unless_a_new_key_is_asked_for(doors: Doors) -> None:
    doors.enrol()
    key = doors.directory.key.read_bytes()
    with pytest.raises(AlreadyEnrolled):
        doors.enrol()
    doors.enrol(with_new_key=True)
    assert doors.directory.key.read_bytes() != key


def test_a_portal_with_a_certificate_of_a_stranger_is_not_trusted(doors: Doors) -> None:
    doors.ca_file.write_text(make_authority("Another").pem)
    with pytest.raises(EnrolmentUnfinished, match="certificate is refused"):
        doors.enrol(seconds=0.5)
    assert doors.people.bodies == []


def test_a_code_is_never_sent_in_the_clear() -> None:
    with pytest.raises(ValueError, match="must be https"):
        PortalClient("http://portal.example", None)


def test_the_machines_door_turns_a_stranger_away(doors: Doors) -> None:
    doors.enrol()
    doors.machines._handler.gateway_subject = "g-otheraaaaaaa"  # type: ignore[attr-defined]
    assert connect_machines_door(doors.directory).ask("GET", "/v1/gateway/state?since=0&wait=0").status == 403


def test_a_damaged_enrolment_file_is_told_apart_from_a_missing_one(doors: Doors) -> None:
    doors.directory.root.mkdir()
    with pytest.raises(NotEnrolled, match="missing"):
        load_enrolment(doors.directory)
    doors.directory.enrolment.write_text("{")
    with pytest.raises(NotEnrolled, match="damaged"):
        load_enrolment(doors.directory)


def call(doors: Doors, *arguments: str, code: str = CODE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments, "--directory", str(doors.directory.root)],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"]},
        input=code + "\n",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.live
def test_the_command_tells_each_outcome_by_its_exit_code(doors: Doors) -> None:
    enrolling = ("enrol", "--portal", doors.people.url, "--ca-file", str(doors.ca_file), "--code-file", "-")
    assert call(doors, "run").returncode == 5
    refused = call(doors, *enrolling, code="WRONG-CODE")
    assert (refused.returncode, "WRONG-CODE" in refused.stderr + refused.stdout) == (3, False)
    assert call(doors, "enrol", "--portal", "ftp://x", "--code-file", "-").returncode == 2
    doors.people.pending = 1000
    assert call(doors, *enrolling, "--timeout", "0.5").returncode == 4
    doors.people.pending = 1
    done = call(doors, *enrolling)
    assert (done.returncode, SUBJECT in done.stdout) == (0, True)
    assert call(doors, *enrolling).returncode == 6

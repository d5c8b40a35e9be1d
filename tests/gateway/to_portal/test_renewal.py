"""The gateway's certificate renews itself against a stand-in for the machines' door: real TLS, no root."""

import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import write_atomically
from gateway.to_portal import certificate_pairs
from gateway.to_portal.certificate_pairs import install_next, mend_pair, prepare_next, put_old_back
from gateway.to_portal.certificates import fits
from gateway.to_portal.enrolment_file import Enrolment, save_enrolment
from gateway.to_portal.renewal import (
    RenewalFailed,
    RenewalRefused,
    go_back_if_refused,
    renew,
)
from tests.support.authority import make_authority
from tests.support.gateway.machines_door import MachinesDoor, Portal

SUBJECT = "g-gatewayaaaaa"


def key_of(csr: bytes) -> ec.EllipticCurvePublicKey:
    key = x509.load_pem_x509_csr(csr).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


class RenewingGateway:
    """An enrolled gateway's directory, and the door that it asks."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.portal = make_authority(), Portal()
        self.directory = AgentDirectory(folder / "gateway")
        self.directory.prepare()
        own = self.authority.issue_gateway(SUBJECT)
        self.directory.key.write_text(own.key)
        self.directory.certificate.write_text(own.certificate)
        self.directory.ca.write_text(self.authority.pem)
        self.door = MachinesDoor(
            folder,
            authority=self.authority,
            door=self.authority.issue("door", server=True),
            subject=SUBJECT,
            portal=self.portal,
            tls_crypt_key=b"a key",
        )
        self.door.open()
        save_enrolment(self.directory, Enrolment(SUBJECT, f"https://127.0.0.1:{self.door.port}"))
        self.asked: list[dict[str, Any]] = []
        self.portal.renew = self.sign

    def sign(self, body: dict[str, Any], name: str = SUBJECT) -> tuple[int, dict[str, Any]]:
        """As portal and signer do, once it was asked twice."""
        self.asked.append(body)
        if len(self.asked) < 2:
            return 202, {}
        signed = self.authority.certify(name, key_of(body["csr"].encode()), days=365)
        return 201, {"certificate": signed, "chain": "ignored"}

    def serial(self) -> int:
        return x509.load_pem_x509_certificate(self.directory.certificate.read_bytes()).serial_number

    def pair_fits(self) -> bool:
        return fits(self.directory.key.read_bytes(), self.directory.certificate.read_bytes())


@pytest.fixture
def place(tmp_path: Path) -> Any:
    made = RenewingGateway(tmp_path)
    yield made
    made.door.close()


def test_it_has_a_new_pair_and_keeps_the_one_before(place: RenewingGateway) -> None:
    before, key = place.serial(), place.directory.key.read_bytes()
    renew(directory=place.directory)
    assert place.serial() != before
    assert place.pair_fits()
    assert place.directory.old_key.read_bytes() == key
    assert place.directory.key.stat().st_mode & 0o777 == place.directory.old_key.stat().st_mode & 0o777 == 0o600
    assert not place.directory.next_key.exists()
    # The same request each time, proved by the key before.
    assert place.asked[0] == place.asked[1]
    message = f"nsmaas renewal v1\n{SUBJECT}\n{place.asked[0]['csr']}".encode()
    old = x509.load_pem_x509_certificate(place.directory.old_certificate.read_bytes()).public_key()
    assert isinstance(old, ec.EllipticCurvePublicKey)
    # Each signature differs, and each one proves it.
    old.verify(base64.b64decode(place.asked[1]["proof"]), message, ec.ECDSA(hashes.SHA256()))


def test_what_the_portal_refuses_leaves_the_present_pair(place: RenewingGateway) -> None:
    before = place.serial()
    place.portal.renew = lambda _: (403, {"reason": "renewal-too-early"})
    with pytest.raises(RenewalRefused, match="renewal-too-early"):
        renew(directory=place.directory)
    assert (place.serial(), place.pair_fits()) == (before, True)
    assert not place.directory.next_key.exists()


def test_a_portal_that_is_away_is_asked_again_with_the_same_request(place: RenewingGateway) -> None:
    place.portal.renew = lambda _: (503, {})
    with pytest.raises(RenewalFailed):
        renew(directory=place.directory)
    csr = place.directory.next_csr.read_text()
    place.door.close()
    with pytest.raises(RenewalFailed, match="out of reach"):
        renew(directory=place.directory)
    place.door.open()
    place.portal.renew = place.sign
    renew(directory=place.directory)
    assert place.asked[-1]["csr"] == csr


@pytest.mark.parametrize(
    "answer", [{"certificate": "nonsense"}, {}, {"certificate": None}, {"certificate": "present"}], ids=repr
)
def test_an_answer_without_a_certificate_for_the_new_key_is_refused(
    place: RenewingGateway, answer: dict[str, Any]
) -> None:
    before = place.serial()
    if answer.get("certificate") == "present":
        answer = {"certificate": place.directory.certificate.read_text()}
    place.portal.renew = lambda _: (201, answer)
    with pytest.raises(RenewalRefused):
        renew(directory=place.directory)
    assert (place.serial(), place.pair_fits()) == (before, True)


def test_a_certificate_for_another_name_is_refused(place: RenewingGateway) -> None:
    place.asked.append({})
    place.portal.renew = lambda body: place.sign(body, "g-anotheraaaaa")
    with pytest.raises(RenewalRefused, match="another name"):
        renew(directory=place.directory)
    assert place.pair_fits()


def test_one_that_the_portal_then_does_not_take_is_never_put_in_place(place: RenewingGateway) -> None:
    before = place.serial()

    def sign_and_forget(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        status, answer = place.sign(body)
        if status == 201:
            signed = x509.load_pem_x509_certificate(answer["certificate"].encode())
            place.portal.unknown_serials.add(signed.serial_number)
        return status, answer

    place.portal.renew = sign_and_forget
    with pytest.raises(RenewalRefused, match="does not take"):
        renew(directory=place.directory)
    assert (place.serial(), place.pair_fits()) == (before, True)


def test_the_pair_before_is_put_back_when_the_portal_was_restored_and_knows_that_alone(place: RenewingGateway) -> None:
    before = place.serial()
    renew(directory=place.directory)
    assert go_back_if_refused(place.directory) is False
    place.portal.unknown_serials.add(place.serial())
    assert go_back_if_refused(place.directory) is True
    assert (place.serial(), place.pair_fits()) == (before, True)
    assert go_back_if_refused(place.directory) is False


def test_one_that_the_portal_knows_nothing_of_stays_as_it_is(place: RenewingGateway) -> None:
    """A revoked gateway: neither pair is taken."""
    before = place.serial()
    renew(directory=place.directory)
    now = place.serial()
    place.portal.unknown_serials |= {before, now}
    assert go_back_if_refused(place.directory) is False
    assert place.serial() == now


class PowerCut(BaseException):
    """Nothing catches it."""


STEPS: dict[str, Callable[[AgentDirectory], None]] = {"install": install_next, "put back": put_old_back}


@pytest.mark.parametrize("writes", range(6))
@pytest.mark.parametrize("step", STEPS)
def test_interrupted_at_any_write_the_pair_fits_again(
    place: RenewingGateway, monkeypatch: pytest.MonkeyPatch, step: str, writes: int
) -> None:
    directory, old = place.directory, place.authority.issue_gateway(SUBJECT)
    prepare_next(directory)
    key = key_of(directory.next_csr.read_bytes())
    directory.next_certificate.write_text(place.authority.certify(SUBJECT, key, days=365))
    directory.old_key.write_text(old.key)
    directory.old_certificate.write_text(old.certificate)
    real, left = write_atomically, [writes]

    def write(*arguments: Any, **named: Any) -> None:
        if not left[0]:
            raise PowerCut
        left[0] -= 1
        real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(certificate_pairs, "write_atomically", write)
        try:
            STEPS[step](directory)
        except PowerCut:
            assert left == [0]
    mend_pair(directory)
    assert place.pair_fits()
    mend_pair(directory)
    assert place.pair_fits()


def test_a_half_pair_with_nothing_beside_it_is_left_alone(place: RenewingGateway) -> None:
    shutil.copy(place.directory.ca, place.directory.certificate)
    mend_pair(place.directory)
    assert place.directory.certificate.read_text() == place.authority.pem

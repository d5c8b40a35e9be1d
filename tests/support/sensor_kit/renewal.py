"""Renews a sensor's certificate, and how base answers to it."""

import json
import stat
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Answer, Door, Request
from tests.support.sensor_kit.enrolment import json_answer, public_bytes
from tests.support.sensor_kit.kit import SUBJECT, Sensor, killing_program

RENEW_PATH = "/v1/certificate"
# A renewal's renames: key, request, certificate and `complete` get their names, then key and certificate their places.
CERTIFICATE_NAMED, MARKED, KEY_IN_PLACE = 3, 4, 5


def csr_of(request: Request) -> str:
    """The same for as long as the kit asks for the same key; its proof is another one in each run."""
    return str(json.loads(request.body)["csr"])


class Base:
    """Answers 202 so many times before it has signed; then each request has the same answer for ever, as at base."""

    def __init__(self, authority: Authority, waits: int = 0, name: str = SUBJECT, days: int = 90) -> None:
        self._authority, self._waits, self._name, self._days = authority, waits, name, days
        self._signed: dict[str, Answer] = {}

    def __call__(self, request: Request) -> Answer:
        self._waits -= 1
        if self._waits >= 0:
            return json_answer(202, {}, ("Retry-After", "1"))
        csr = csr_of(request)
        if csr not in self._signed:
            key = x509.load_pem_x509_csr(csr.encode()).public_key()
            pem = self._authority.certify(self._name, key, days=self._days)
            self._signed[csr] = json_answer(201, {"certificate": pem, "chain": self._authority.pem})
        return self._signed[csr]


def contents(directory: Path) -> dict[str, bytes]:
    """What tunnel and kit would use, without what is only being prepared."""
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file() and path.name != "lock"}


def public_key_of(path: Path) -> bytes:
    if path.name.endswith(".key"):
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return public_bytes(key.public_key())
    return public_bytes(x509.load_pem_x509_certificate(path.read_bytes()).public_key())


def pair_belongs_together(directory: Path) -> bool:
    return public_key_of(directory / "client.key") == public_key_of(directory / "client.crt")


def assert_renewed(sensor: Sensor, before: dict[str, bytes]) -> None:
    """A new key with its certificate, which openssl verifies; nothing else is changed, and the old pair is kept."""
    directory = sensor.directory
    after = contents(directory)
    assert {name for name in after if after[name] != before.get(name)} == {"client.key", "client.crt"}
    assert pair_belongs_together(directory)
    assert stat.S_IMODE((directory / "client.key").stat().st_mode) == 0o600
    assert not (directory / "renewal" / "client.key").exists()
    assert contents(directory / "previous") == {name: before[name] for name in ("client.key", "client.crt")}
    subprocess.run(
        ["openssl", "verify", "-purpose", "sslclient", "-CAfile", directory / "ca.crt", directory / "client.crt"],
        check=True,
        capture_output=True,
    )


def cut_off(sensor: Sensor, door: Door, authority: Authority, name: str, when: str, number: int) -> int:
    """The exit code of a renewal that is killed at that call of that program; 0 if it never came so far."""
    door.answers[RENEW_PATH] = [Base(authority)]
    folder = sensor.directory.parent
    done = sensor.run("renew", path=killing_program(folder, name, when, number))
    (folder / "programs" / "count").unlink(missing_ok=True)
    return done.code

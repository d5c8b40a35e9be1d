"""A real OpenVPN takes our certificates, our revocation list and our tls-crypt-v2 keys."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pki.authority.crl import build_crl, encode_entry
from pki.escrow.tls_crypt_v2 import generate_server_key
from tests.support.pki import tunnel
from tests.support.pki.making import Issuer, make_issuer

pytestmark = pytest.mark.root


def revocation_list(issuer: Issuer, *serials: int) -> bytes:
    now = timezone.now()
    return build_crl(
        issuer=issuer.certificate,
        signing_key=issuer.key,
        number=1,
        this_update=now - timedelta(minutes=5),
        next_update=now + timedelta(days=7),
        entries=b"".join(encode_entry(serial=serial, revoked_at=now, reason="keyCompromise") for serial in serials),
        count=len(serials),
    )


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer(now=timezone.now())


def test_it_connects_and_the_server_reads_the_subject_from_the_wrapped_key(tmp_path, issuer):
    key = generate_server_key()
    files = {"issuer": issuer, "now": timezone.now(), "crl": revocation_list(issuer, 4711)}
    tunnel.write_files(tmp_path, **files, server_key=key, wrapping_key=key)
    with tunnel.running(tmp_path):
        tunnel.wait_for(tmp_path / "client.log", "Initialization Sequence Completed")
        server = tunnel.wait_for(tmp_path / "server.log", "Peer Connection Initiated")
    assert f"[{tunnel.SENSOR}] Peer Connection Initiated" in server
    assert (tmp_path / "metadata").read_text() == tunnel.SENSOR


def test_a_client_key_of_another_server_gets_no_answer(tmp_path, issuer):
    files = {"issuer": issuer, "now": timezone.now(), "crl": revocation_list(issuer)}
    tunnel.write_files(tmp_path, **files, server_key=generate_server_key(), wrapping_key=generate_server_key())
    with tunnel.running(tmp_path):
        server = tunnel.wait_for(tmp_path / "server.log", "Can not unwrap tls-crypt-v2 client key")
    assert "TLS: Initial packet" not in server
    assert not (tmp_path / "metadata").exists()
    assert "Initialization Sequence Completed" not in (tmp_path / "client.log").read_text()


def test_a_certificate_on_our_list_is_refused(tmp_path, issuer):
    key = generate_server_key()
    files = {"issuer": issuer, "now": timezone.now(), "crl": revocation_list(issuer)}
    certificate = tunnel.write_files(tmp_path, **files, server_key=key, wrapping_key=key)
    others = range(1, 10_000)
    (tmp_path / "crl.pem").write_bytes(tunnel.crl_pem(revocation_list(issuer, *others, certificate.serial_number)))
    with tunnel.running(tmp_path):
        refusal = f"certificate revoked: CN={tunnel.SENSOR}, serial={certificate.serial_number}"
        tunnel.wait_for(tmp_path / "server.log", refusal)
    assert "Initialization Sequence Completed" not in (tmp_path / "client.log").read_text()

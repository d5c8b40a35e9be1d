"""Building, signing and storing an authority's revocation list, by how many certificates it revokes."""

import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.portal_process import portal_process
from bench.rows import Row, median_row
from bench.run import Run
from bench.stopwatch import milliseconds_of

if TYPE_CHECKING:
    from pki.models import Authority

BATCH = 5_000


def measure(run: Run) -> Iterator[Row]:
    """Each size on top of the one before, in one database."""
    with portal_process("signer", run):
        sizes = (100, 200) if run.quick else (1_000, 10_000, 100_000)
        revoked = 0
        for size in sizes:
            _revoke(size - revoked)
            revoked = size
            yield _measure(size, run.size(11, 3))


def _measure(size: int, times: int) -> Row:
    from django.utils import timezone

    from pki.authority.operations.publish_crl import publish_crl
    from pki.authority.signers import configured_signer
    from pki.models import Authority

    authority, signer = Authority.objects.current(), configured_signer()

    def publish() -> None:
        if publish_crl(authority=authority, signer=signer, now=timezone.now(), force=True) is None:
            raise RuntimeError("no list was published")

    publish()
    taken = [milliseconds_of(publish) for _ in range(times)]
    octets = _check(authority, size)
    return median_row(f"crl.ms_{size}", taken, octets=octets, openssl="verify OK")


def _revoke(count: int) -> None:
    """As many revoked certificates: real DER of one, each with a serial of its own, as a fleet leaves behind."""
    from cryptography import x509
    from django.db import connection
    from django.utils import timezone

    from bench.csrs import make_csr, make_key
    from pki.authority.crl import encode_entry
    from pki.authority.operations.issue_certificate import issue_certificate
    from pki.authority.signers import configured_signer
    from pki.authority.x509 import Profile, check_csr
    from pki.models import Authority, Certificate, Reason, Revocation

    authority, now = Authority.objects.current(), timezone.now() - timedelta(days=1)
    model = issue_certificate(
        authority=authority,
        profile=Profile.SENSOR,
        subject="s-aaaaaaaaaaaa",
        csr=check_csr(make_csr(make_key())),
        signer=configured_signer(),
        now=now,
    )
    for start in range(0, count, BATCH):
        serials = [x509.random_serial_number() for _ in range(min(BATCH, count - start))]
        certificates = Certificate.objects.bulk_create(
            Certificate(
                authority=authority,
                serial=str(serial),
                subject=model.subject,
                profile=model.profile,
                not_before=model.not_before,
                not_after=model.not_after,
                der=model.der,
                fingerprint=f"{serial:064x}",
            )
            for serial in serials
        )
        Revocation.objects.bulk_create(
            Revocation(
                certificate=certificate,
                reason=Reason.KEY_COMPROMISE,
                revoked_at=now,
                entry_der=encode_entry(serial=serial, revoked_at=now, reason=Reason.KEY_COMPROMISE),
            )
            for certificate, serial in zip(certificates, serials, strict=True)
        )
    # As autovacuum would have done by the time a fleet has grown so far.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE pki_certificate, pki_revocation")


def _check(authority: "Authority", size: int) -> int:
    """The length of the list in octets, once OpenSSL has verified it and counted as many entries as there should be."""
    from pki.models import CertificateRevocationList

    newest = CertificateRevocationList.objects.of_authority(authority).newest()
    if newest is None:
        raise RuntimeError("no list is stored")
    with tempfile.TemporaryDirectory(prefix="nsm-bench-") as folder:
        crl, ca = Path(folder, "list.crl"), Path(folder, "ca.crt")
        crl.write_bytes(bytes(newest.der))
        ca.write_text(authority.pem)
        command = ["openssl", "crl", "-inform", "DER", "-in", str(crl), "-CAfile", str(ca), "-noout", "-text"]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
    entries = said.stdout.count("Serial Number: ")
    if "verify OK" not in said.stderr or entries != size:
        raise RuntimeError(f"OpenSSL found {entries} entries and said {said.stderr.strip()!r}")
    return len(bytes(newest.der))

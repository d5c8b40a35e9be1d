"""PostgreSQL makes the same element of a revocation list as we do, so that it can refuse another one."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from pki.authority.crl import REASON_CODES, encode_entry
from pki.models import Certificate

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the function is PostgreSQL's"),
]

SERIALS = [1, 127, 128, 255, 256, 2**63, 2**64 - 1, 2**159 - 1, 2**159, 10**48]
TIMES = [
    datetime(2026, 3, 1, 12, 0, 0, 999_999, tzinfo=UTC),
    datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2050, 1, 1, tzinfo=UTC),
]


def entry_on_the_list(certificate: Certificate, reason: str, moment: datetime) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pki_list_entry(%s, %s, %s)", [certificate.pk, reason, moment])
        (entry,) = cursor.fetchone()
    return bytes(entry)


def of_serial(certificate: Certificate, serial: int) -> Certificate:
    """Another row, since certificates cannot be changed."""
    certificate.pk, certificate.serial, certificate.fingerprint = None, str(serial), str(serial)
    certificate.save(force_insert=True)
    return certificate


@pytest.mark.parametrize("serial", SERIALS)
@pytest.mark.parametrize("moment", TIMES, ids=str)
def test_whatever_the_serial_and_the_time(certificate: Certificate, serial: int, moment: datetime):
    row = of_serial(certificate, serial)
    expected = encode_entry(serial=serial, revoked_at=moment, reason="keyCompromise")
    assert entry_on_the_list(row, "keyCompromise", moment) == expected


@pytest.mark.parametrize("reason", REASON_CODES)
def test_whatever_the_reason(certificate: Certificate, reason: str):
    expected = encode_entry(serial=int(certificate.serial), revoked_at=TIMES[0], reason=reason)
    assert entry_on_the_list(certificate, reason, TIMES[0]) == expected

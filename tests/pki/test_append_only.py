"""What was issued and revoked stays, also when somebody writes SQL by hand."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.operations.revoke_subject import revoke_subject
from pki.authority.x509 import Profile
from pki.models import Certificate, KeyRetirement, Reason, Revocation
from pki.models.wrapped_key import DISK_KEY

pytestmark = pytest.mark.django_db
TABLES = ["pki_certificate", "pki_revocation", "pki_keyretirement"]


@pytest.fixture
def revocation(certificate) -> Revocation:
    """With a row in each of the tables."""
    KeyRetirement.objects.create(purpose=DISK_KEY, subject="s-abcdefghijkl", up_to_version=1)
    return revoke_subject(subject=certificate.subject, reason=Reason.KEY_COMPROMISE, now=timezone.now())[0]


def rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]


def refused(statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_can_neither_change_nor_delete(revocation, table):
    before = rows(table)
    refused(f"UPDATE {table} SET id = id")  # noqa: S608
    refused(f"DELETE FROM {table}")  # noqa: S608
    assert rows(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_can_not_put_a_row_in_the_place_of_another(revocation, table):
    before = rows(table)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608
        else:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT DO NOTHING")  # noqa: S608
            update = f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id"  # noqa: S608
            refused(update)
    assert rows(table) == before


def test_replacing_a_revocation_by_its_certificate_is_refused_too(revocation):
    if connection.vendor != "sqlite":
        # PostgreSQL knows no REPLACE: the unique constraint answers.
        with pytest.raises(IntegrityError), transaction.atomic():
            Revocation.objects.create(certificate=revocation.certificate, reason="superseded", entry_der=b"")
        return
    columns = "certificate_id, reason, revoked_at, entry_der"
    refused(
        f"INSERT OR REPLACE INTO pki_revocation ({columns})"  # noqa: S608
        " SELECT certificate_id, 'superseded', revoked_at, entry_der FROM pki_revocation"
    )
    assert Revocation.objects.get().reason == "keyCompromise"


def test_replacing_a_certificate_by_its_serial_is_refused_too(certificate):
    """Another in its place would be one that was never revoked, under the same serial."""
    columns = "authority_id, serial, subject, profile, not_before, not_after, der, created_at"
    verb, answer = ("INSERT OR REPLACE", "append-only") if connection.vendor == "sqlite" else ("INSERT", "serial_once")
    planted = f"{verb} INTO pki_certificate ({columns}, fingerprint) SELECT {columns}, 'other' FROM pki_certificate"  # noqa: S608
    with pytest.raises(IntegrityError, match=answer), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)
    assert Certificate.objects.get().fingerprint == certificate.fingerprint


@pytest.mark.parametrize("table", TABLES)
def test_emptying_the_table_is_refused(revocation, table):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # PostgreSQL truncates nothing while a deferred foreign key waits, which would hide our own answer.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refused(f"TRUNCATE {table} CASCADE")
    else:
        refused(f"DELETE FROM {table}")  # noqa: S608
    assert rows(table)


def test_models_can_not_either(revocation, certificate):
    revocation.reason = Reason.SUPERSEDED
    with pytest.raises(IntegrityError), transaction.atomic():
        revocation.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        revocation.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.update(subject="s-other")


def test_further_rows_are_welcome(revocation, certificate, authority, signer, csr):
    issue_certificate(
        authority=authority, profile=Profile.SENSOR, subject="s-b", csr=csr, signer=signer, now=timezone.now()
    )
    assert Certificate.objects.count() == 2

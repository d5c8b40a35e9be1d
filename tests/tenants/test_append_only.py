import pytest
from django.db import DatabaseError, connection, transaction

from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain, AuditEntry
from tests.support.tenants.making import TABLE, lifted_triggers
from tests.support.world import World

COLUMNS = "chain_id, sequence, at, actor, action, subject, details, previous_hash, hash"
FORGED = "chain_id, sequence, at, 'person:thief@example.org', action, subject, details, previous_hash, hash"


def rows() -> list[tuple[object, ...]]:
    return list(AuditEntry.objects.order_by("pk").values_list())


def refused(statement: str, because: str = "append-only") -> None:
    before = rows()
    with pytest.raises(DatabaseError, match=because), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert rows() == before != []


def test_raw_sql_cannot_change_a_row(world: World):
    refused(f"UPDATE {TABLE} SET actor = 'person:thief@example.org'")  # noqa: S608  # our own table's name


def test_raw_sql_cannot_delete_a_row(world: World):
    refused(f"DELETE FROM {TABLE} WHERE sequence > 1")  # noqa: S608  # our own table's name


def test_raw_sql_cannot_put_a_row_in_the_place_of_another(world: World):
    """Whichever of our triggers the database asks first."""
    because = "append-only|does not follow"
    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE INTO {TABLE} ({COLUMNS}) SELECT {FORGED} FROM {TABLE}", because)  # noqa: S608
        refused(f"INSERT OR REPLACE INTO {TABLE} (id, {COLUMNS}) SELECT id, {FORGED} FROM {TABLE}", because)  # noqa: S608
    else:
        refused(
            f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {FORGED} FROM {TABLE}"  # noqa: S608  # our own table's name
            " ON CONFLICT (chain_id, sequence) DO UPDATE SET actor = EXCLUDED.actor",
            because,
        )


def test_raw_sql_cannot_empty_the_table(world: World):
    if connection.vendor == "sqlite":
        refused(f"DELETE FROM {TABLE}")  # noqa: S608  # SQLite has no TRUNCATE
        return
    with connection.cursor() as cursor:
        # PostgreSQL truncates nothing while a deferred foreign key waits, which would hide our own answer.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused(f"TRUNCATE {TABLE} CASCADE")


def test_models_cannot_either(world: World):
    entry = AuditEntry.objects.latest("pk")
    entry.actor = "person:thief@example.org"
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


def test_a_customer_with_a_history_cannot_be_deleted(world: World):
    with pytest.raises(DatabaseError):
        world.meadow.delete()


def test_once_lifted_and_put_back_they_refuse_again(world: World):
    with lifted_triggers():
        AuditEntry.objects.filter(sequence=1).update(subject="changed")
    refused(f"DELETE FROM {TABLE}")  # noqa: S608  # our own table's name


def test_further_entries_are_welcome(world: World):
    chain = AuditChain.objects.get(name="provider")
    assert verify_audit(chain=chain) == chain.length

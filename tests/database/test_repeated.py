"""What is written once must still ask for what is asked now."""

import threading
import uuid
from typing import Any, NamedTuple

import pytest
from django.db import DataError, connection, transaction
from django.utils import timezone

from database.repeated import RepeatedQueries, RepeatedQuery
from database.repeated_writes import RepeatedInsert, RepeatedUpdate
from tenants.models import AuditChain, AuditEntry, Site
from tests.support.world import World

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="many rows are PostgreSQL's alone")


class PlaceRow(NamedTuple):
    pk: uuid.UUID
    networks: list[str]
    registered_at: Any
    customer: str


def length_of(name: str) -> Any:
    return AuditChain.objects.filter(name=name).values_list("name", "length")


def place(pk: uuid.UUID, name: str) -> Any:
    rows = Site.objects.filter(name=name, pk=pk)
    return rows.values_list("pk", "expected_networks", "registered_at", "customer__name")


@pytest.fixture
def lengths() -> RepeatedQuery[tuple[str, int]]:
    return RepeatedQuery(lambda name, length: (name, length), length_of, str)


def test_each_call_asks_with_its_own_arguments(world: World, lengths: RepeatedQuery[tuple[str, int]]):
    chains = [(chain.name, chain.length) for chain in AuditChain.objects.order_by("pk")]
    assert len(chains) >= 2
    assert [lengths.first(name) for name, _ in chains + chains] == chains + chains


def test_arguments_keep_their_places_and_values_their_types(world: World, django_assert_num_queries: Any):
    query = RepeatedQuery(PlaceRow, place, uuid.UUID, str)
    quay = world.quay
    with django_assert_num_queries(1):
        found = query.first(quay.pk, "Quay 7")
    assert found == (quay.pk, quay.expected_networks, quay.registered_at, quay.customer.name)
    assert query.first(quay.pk, "Dairy North") is None
    assert query.first(world.dairy.pk, "Quay 7") is None


def test_what_is_not_there_is_not_there(world: World, lengths: RepeatedQuery[tuple[str, int]]):
    assert lengths.first("no such chain") is None


def test_it_sees_what_has_changed_since_it_was_written(world: World):
    query = RepeatedQuery(PlaceRow, place, uuid.UUID, str)
    assert query.first(world.quay.pk, "New name") is None
    Site.objects.filter(pk=world.quay.pk).update(name="New name", expected_networks=["192.0.2.0/24"])
    found = query.first(world.quay.pk, "New name")
    assert found is not None
    assert found.networks == ["192.0.2.0/24"]


def test_the_first_in_the_querys_order_is_given(world: World):
    def newest(chain: int) -> Any:
        return AuditEntry.objects.filter(chain=chain).order_by("-sequence").values_list("sequence")

    chain = AuditChain.objects.filter(length__gt=1).first()
    assert chain is not None
    assert RepeatedQuery(int, newest, int).first(chain.pk) == chain.length


@pytest.mark.django_db(transaction=True)
def test_a_row_lock_needs_a_transaction_at_each_call():
    AuditChain.objects.create(name="locked", head_hash="0" * 64)
    query = RepeatedQuery(str, lambda name: length_of(name).select_for_update().values_list("name"), str)
    with transaction.atomic():
        assert query.first("locked") == "locked"
    with pytest.raises(transaction.TransactionManagementError):
        query.first("locked")


def test_an_argument_that_the_sql_would_not_hold_as_it_stands_is_refused(world: World):
    query = RepeatedQuery(str, lambda name: AuditChain.objects.filter(name__startswith=name).values_list("name"), str)
    with pytest.raises(TypeError, match="str"):
        query.first("customer:")


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_text_and_have_their_own_connections(lengths: RepeatedQuery[tuple[str, int]]):
    AuditChain.objects.create(name="shared", head_hash="0" * 64)
    found: list[Any] = [lengths.first("shared")]

    def ask() -> None:
        found.append(lengths.first("shared"))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [("shared", 0), ("shared", 0)]


def test_an_inserted_row_is_the_one_that_the_orm_would_have_written(world: World):
    chain = AuditChain.objects.create(name="inserted", head_hash="0" * 64)
    values = {
        "chain_id": chain.pk,
        "sequence": 1,
        "at": timezone.now(),
        "actor": "machine:ü'\"\\%s",
        "action": "a:b",
        "subject": "s",
        "details": {"list": [1, None, "ä"], "quote": "'"},
        "previous_hash": "0" * 64,
        "hash": "1" * 64,
    }
    RepeatedInsert(AuditEntry)(**values)
    stored = AuditEntry.objects.get(chain=chain)
    assert {name: getattr(stored, name) for name in values} == values


def test_the_key_that_the_database_made_is_given_when_it_is_asked_for(world: World):
    keys = [
        RepeatedInsert(AuditChain).returning_key(name=name, customer_id=None, length=0, head_hash="0" * 64)
        for name in ("one", "other")
    ]
    assert [AuditChain.objects.get(pk=key).name for key in keys] == ["one", "other"]


def test_a_row_with_a_column_too_few_or_too_many_is_refused(world: World):
    insert = RepeatedInsert(AuditChain)
    with pytest.raises(TypeError, match="customer_id, length"):
        insert(name="x", head_hash="0" * 64)
    with pytest.raises(TypeError, match="lenght"):
        insert(name="x", head_hash="0" * 64, customer_id=None, length=0, lenght=0)
    assert not AuditChain.objects.filter(name="x").exists()


def test_an_update_changes_the_named_rows_alone(world: World):
    one, other = (AuditChain.objects.create(name=name, head_hash="0" * 64) for name in ("one", "other"))
    move = RepeatedUpdate(AuditChain, where="id", changes=("length", "head_hash"))
    move(one.pk, 7, "7" * 64)
    move(-1, 8, "8" * 64)
    stored = {
        chain.name: (chain.length, chain.head_hash) for chain in AuditChain.objects.filter(pk__in=[one.pk, other.pk])
    }
    assert stored == {"one": (7, "7" * 64), "other": (0, "0" * 64)}


def test_several_are_asked_for_at_once_and_those_who_are_there_are_found(world: World, django_assert_num_queries: Any):
    lengths = RepeatedQueries(
        lambda name, length: (name, length),
        lambda names: AuditChain.objects.filter(name__in=names).values_list("name", "length"),
        str,
    )
    for length, name in enumerate("abcdefg"):
        AuditChain.objects.create(name=name, length=length, head_hash="0" * 64)
    for count in (1, 2, 3, 5, 7, 3):
        with django_assert_num_queries(1):
            assert sorted(lengths.all("abcdefg"[:count])) == list(zip("abcdefg", range(count), strict=False))
    assert lengths.all(["no such chain", "b"]) == [("b", 1)]
    with django_assert_num_queries(0):
        assert lengths.all([]) == []


@on_postgresql
def test_many_rows_are_those_that_one_after_the_other_would_have_been(world: World, django_assert_num_queries: Any):
    rows = [
        {"name": name, "customer_id": customer, "length": length, "head_hash": "0" * 64}
        for length, (name, customer) in enumerate([("one", world.harbour.pk), ("{ot'her,\\", None), ("third", None)])
    ]
    AuditChain.objects.filter(customer=world.harbour).update(customer=None)
    with django_assert_num_queries(1):
        RepeatedInsert(AuditChain).many(rows)
    stored = AuditChain.objects.filter(name__in=[row["name"] for row in rows]).order_by("length")
    assert list(stored.values("name", "customer_id", "length", "head_hash")) == rows


@on_postgresql
def test_what_is_too_long_is_refused_and_not_cut(world: World):
    row: dict[str, object] = {"name": "long", "customer_id": None, "length": 0, "head_hash": "0" * 65}
    with pytest.raises(DataError), transaction.atomic():
        RepeatedInsert(AuditChain).many([row])

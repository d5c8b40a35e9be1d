"""An entry moves the head of its chain, and one that does not follow it is refused, also for raw SQL."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from tenants.models import AuditChain, AuditEntry
from tests.support.world import make_world


def write(chain: AuditChain, **different: Any) -> None:
    following = {
        "chain_id": chain.pk,
        "sequence": chain.length + 1,
        "at": timezone.now(),
        "actor": "process:test",
        "action": "x:y",
        "subject": "s",
        "previous_hash": chain.head_hash,
        "hash": "1" * 64,
    }
    AuditEntry.objects.create(**(following | different))


def heads() -> dict[int, tuple[int, str]]:
    return {chain.pk: (chain.length, chain.head_hash) for chain in AuditChain.objects.all()}


def test_one_that_follows_moves_the_head_of_its_chain_alone(chain: AuditChain):
    before = heads()
    write(chain)
    assert heads() == before | {chain.pk: (chain.length + 1, "1" * 64)}


@pytest.mark.parametrize(
    "different",
    [
        {"sequence": 1},
        {"sequence": 99},
        {"previous_hash": "0" * 64},
        {"chain_id": -1},
    ],
    ids=str,
)
def test_one_that_does_not_is_refused_and_moves_nothing(chain: AuditChain, different: dict[str, Any]):
    before = heads()
    with pytest.raises(DatabaseError, match="does not follow"), transaction.atomic():
        write(chain, **different)
    assert heads() == before


def test_a_place_in_a_chain_is_taken_once(chain: AuditChain):
    write(chain)
    with pytest.raises(DatabaseError, match="does not follow"), transaction.atomic():
        write(chain)


def test_one_that_is_undone_moves_nothing(chain: AuditChain):
    before = heads()
    with transaction.atomic():
        write(chain)
        transaction.set_rollback(True)
    assert heads() == before


@pytest.mark.django_db(transaction=True)
def test_it_refuses_first_also_after_a_test_that_has_emptied_all_tables():
    """SQLite asks the trigger first that was made last."""
    call_command("flush", interactive=False, verbosity=0)
    chain = AuditChain.objects.get(customer=make_world().harbour)
    with pytest.raises(DatabaseError, match="does not follow"), transaction.atomic():
        write(chain, sequence=1)

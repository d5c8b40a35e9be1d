"""Somebody owns the database, lifts the triggers and changes history: the chain tells."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from tenants.actors import Actor
from tenants.audit import chain as audit_chain
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain, AuditEntry
from tenants.operations.register_site import register_site
from tests.support.tenants.making import lifted_triggers
from tests.support.world import World


def entry(chain: AuditChain, sequence: int) -> AuditEntry:
    return AuditEntry.objects.get(chain=chain, sequence=sequence)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "person:thief@example.org"},
        {"action": "nothing:happened"},
        {"subject": "customer:other"},
        {"details": {"name": "Other"}},
        {"at": "2020-01-01T00:00:00Z"},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
        {"sequence": 99},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_row_is_found(chain: AuditChain, change):
    with lifted_triggers():
        AuditEntry.objects.filter(chain=chain, sequence=2).update(**change)
    with pytest.raises(audit_chain.BrokenChain):
        verify_audit(chain=chain)


def test_a_deleted_row_is_found(chain: AuditChain):
    with lifted_triggers():
        entry(chain, 2).delete()
    with pytest.raises(audit_chain.BrokenChain, match="missing"):
        verify_audit(chain=chain)


def test_two_rows_that_changed_places_are_found(chain: AuditChain):
    first, second = entry(chain, 2), entry(chain, 3)
    with lifted_triggers():
        AuditEntry.objects.filter(pk=first.pk).update(sequence=1000)
        AuditEntry.objects.filter(pk=second.pk).update(sequence=2)
        AuditEntry.objects.filter(pk=first.pk).update(sequence=3)
    with pytest.raises(audit_chain.BrokenChain):
        verify_audit(chain=chain)


@pytest.mark.parametrize("rest", [0, 1, 3])
def test_an_end_that_was_cut_off_is_found(chain: AuditChain, rest: int):
    with lifted_triggers():
        AuditEntry.objects.filter(chain=chain, sequence__gt=rest).delete()
    with pytest.raises(audit_chain.BrokenChain, match=f"{chain.length} entries were written, {rest} are there"):
        verify_audit(chain=chain)


def test_a_last_row_that_was_written_anew_with_a_fitting_hash_is_found(chain: AuditChain):
    last = entry(chain, chain.length)
    last.actor = "person:thief@example.org"
    plain = last.as_entry()
    digest = audit_chain.entry_hash(
        chain=plain.chain,
        sequence=plain.sequence,
        at=plain.at,
        actor=plain.actor,
        action=plain.action,
        subject=plain.subject,
        details=plain.details,
        previous=plain.previous_hash,
    )
    with lifted_triggers():
        AuditEntry.objects.filter(pk=last.pk).update(actor=last.actor, hash=digest)
    with pytest.raises(audit_chain.BrokenChain, match="the last was changed"):
        verify_audit(chain=chain)


def test_what_others_write_meanwhile_breaks_nothing(world: World, chain: AuditChain):
    """The chain as it was read a moment ago, and one entry more since."""
    register_site(
        customer=world.harbour, name="Late", expected_networks=["203.0.113.0/24"], registered_by=Actor.process("test")
    )
    now = AuditChain.objects.get(pk=chain.pk)
    assert verify_audit(chain=chain) == now.length > chain.length


def test_an_entry_beyond_the_end_is_found(chain: AuditChain):
    with lifted_triggers():
        AuditChain.objects.filter(pk=chain.pk).update(
            length=chain.length - 1, head_hash=entry(chain, chain.length - 1).hash
        )
    with pytest.raises(audit_chain.BrokenChain, match=f"{chain.length - 1} entries were written, {chain.length} are"):
        verify_audit(chain=chain)


def test_two_chains_that_changed_owners_are_found(world: World, chain: AuditChain):
    other = AuditChain.objects.get(customer=world.meadow)
    mine, theirs = AuditEntry.objects.filter(chain=chain), AuditEntry.objects.filter(chain=other)
    mine_keys = list(mine.values_list("pk", flat=True))
    with lifted_triggers():
        # By way of sequences that nobody has, since each may be there once per chain.
        mine.update(sequence=F("sequence") + 1000)
        theirs.update(chain=chain)
        AuditEntry.objects.filter(pk__in=mine_keys).update(chain=other, sequence=F("sequence") - 1000)
        AuditChain.objects.filter(pk=chain.pk).update(length=other.length, head_hash=other.head_hash)
    with pytest.raises(audit_chain.BrokenChain):
        verify_audit(chain=AuditChain.objects.get(pk=chain.pk))


def test_the_command_names_each_chain_and_passes(chain: AuditChain, capsys):
    call_command("verify_audit")
    lines = capsys.readouterr().out.splitlines()
    assert f"{chain.name}: {chain.length} entries, unbroken" in lines
    assert len(lines) == AuditChain.objects.count()


def test_the_command_fails_and_names_the_broken_chain_and_still_looks_at_the_others(
    world: World, chain: AuditChain, capsys
):
    with lifted_triggers():
        AuditEntry.objects.filter(chain=chain, sequence=1).update(actor="x")
    with pytest.raises(CommandError, match="1 broken"):
        call_command("verify_audit")
    printed = capsys.readouterr()
    assert f"{chain.name}: BROKEN" in printed.err
    assert "provider: " in printed.out

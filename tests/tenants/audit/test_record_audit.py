from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tenants.audit import chain as audit_chain
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain, AuditEntry
from tenants.operations.register_customer import register_customer
from tests.support.tenants.making import ACTOR
from tests.support.world import World


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses_and_writes_nothing():
    with pytest.raises(transaction.TransactionManagementError):
        record_provider_audit(actor=ACTOR, action=AuditAction.GATEWAY_REGISTER, subject="gateway:x")
    assert not AuditChain.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_falls_with_what_it_tells_of():
    def fail_half_way() -> None:
        with transaction.atomic():
            record_provider_audit(actor=ACTOR, action=AuditAction.SITE_CHANGE, subject="x")
            raise RuntimeError

    with transaction.atomic():
        record_provider_audit(actor=ACTOR, action=AuditAction.SITE_CHANGE, subject="x")
    with pytest.raises(RuntimeError):
        fail_half_way()
    chain = AuditChain.objects.get()
    assert verify_audit(chain=chain) == chain.length == 1


def test_each_customer_and_the_provider_have_a_chain_of_their_own(world: World):
    assert set(AuditChain.objects.values_list("name", flat=True)) == {
        "provider",
        f"customer:{world.harbour.pk}",
        f"customer:{world.meadow.pk}",
    }
    assert all(verify_audit(chain=chain) == chain.length > 0 for chain in AuditChain.objects.all())


def test_sequences_rise_by_one_and_each_entry_holds_the_hash_before_it(world: World):
    entries = list(AuditEntry.objects.filter(chain__customer=world.harbour))
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    before = [audit_chain.first_hash(f"customer:{world.harbour.pk}"), *(entry.hash for entry in entries[:-1])]
    assert [entry.previous_hash for entry in entries] == before


@pytest.mark.django_db
def test_what_details_hold_comes_back_as_it_was_hashed():
    customer = register_customer(slug="a", name="A", registered_by=ACTOR)
    details = {"z": 1, "a": {"ü": ["\u2028", '"', None, True, 2**53]}, "empty": {}}
    record_customer_audit(
        customer=customer, actor=ACTOR, action=AuditAction.SITE_CHANGE, subject="é" * 300, details=details
    )
    chain = AuditChain.objects.get(customer=customer)
    assert verify_audit(chain=chain) == 2
    assert AuditEntry.objects.get(chain=chain, sequence=2).details == details


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_unbroken_chain():
    customer = register_customer(slug="a", name="A", registered_by=ACTOR)

    def write(number: int) -> None:
        try:
            for turn in range(5):
                with transaction.atomic():
                    record_customer_audit(
                        customer=customer,
                        actor=ACTOR,
                        action=AuditAction.SITE_CHANGE,
                        subject=f"{number}",
                        details={"turn": turn},
                    )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert verify_audit(chain=AuditChain.objects.get(customer=customer)) == 41


def test_staff_read_the_providers_chain_and_customers_only_their_own(world: World):
    def chains(person) -> set[str | None]:
        return set(AuditEntry.objects.visible_to(person).values_list("chain__customer__slug", flat=True))

    assert chains(world.auditor) == {None, "harbour", "meadow"}
    assert chains(world.manager) == {"harbour"}
    assert chains(world.viewer) == chains(world.stranger) == set()

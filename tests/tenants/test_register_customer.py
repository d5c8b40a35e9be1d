import pytest
from django.core.exceptions import ValidationError

from tenants.models import AuditEntry, Customer, CustomerRoleGroup
from tenants.operations.register_customer import register_customer
from tenants.operations.rename_customer import rename_customer
from tests.support.audit_rows import actions
from tests.support.tenants.making import ACTOR, BAD_NAMES
from tests.support.world import World

pytestmark = pytest.mark.django_db


def test_it_leaves_an_audit_row_in_the_customers_own_chain():
    customer = register_customer(slug="harbour", name="Harbour Logistics", registered_by=ACTOR)
    entry = AuditEntry.objects.get(chain__customer=customer)
    assert (entry.action, entry.actor, entry.details) == (
        "customer:register",
        "process:test",
        {"name": "Harbour Logistics", "change_delay_minutes": 5, "two_people_for_changes": False},
    )


def test_it_makes_a_group_for_each_role():
    customer = register_customer(slug="harbour", name="Harbour", registered_by=ACTOR)
    roles = CustomerRoleGroup.objects.filter(customer=customer).values_list("role", flat=True)
    assert sorted(roles) == ["contact", "manager", "viewer"]


@pytest.mark.parametrize(
    "slug", ["", "Harbour", "har bour", "-harbour", "harbour-", "harbour\n", "../x", "a" * 33, "é"]
)
def test_a_short_name_that_is_not_a_label_is_refused(slug: str):
    with pytest.raises(ValidationError):
        register_customer(slug=slug, name="Harbour", registered_by=ACTOR)
    assert not Customer.objects.exists()


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_name_that_could_deceive_is_refused_and_nothing_is_left(name: str):
    with pytest.raises(ValidationError):
        register_customer(slug="harbour", name=name, registered_by=ACTOR)
    assert not Customer.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_same_short_name_again_is_refused():
    register_customer(slug="harbour", name="Harbour", registered_by=ACTOR)
    with pytest.raises(ValidationError, match="already exists"):
        register_customer(slug="harbour", name="Another", registered_by=ACTOR)


def test_renaming_keeps_the_short_name_and_says_what_it_was_before(world: World):
    rename_customer(customer=world.harbour, name="Häfen & Söhne", renamed_by=ACTOR)
    customer = Customer.objects.get(pk=world.harbour.pk)
    assert (customer.slug, customer.name) == ("harbour", "Häfen & Söhne")
    entry = AuditEntry.objects.filter(subject="customer:harbour").latest("pk")
    assert entry.details == {"from": "Harbour Logistics", "to": "Häfen & Söhne"}


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_renaming_to_a_name_that_could_deceive_changes_nothing(world: World, name: str):
    with pytest.raises(ValidationError):
        rename_customer(customer=world.harbour, name=name, renamed_by=ACTOR)
    assert Customer.objects.get(pk=world.harbour.pk).name == "Harbour Logistics"
    assert actions("customer:harbour") == ["customer:register"]

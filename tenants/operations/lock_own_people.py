"""Before a customer's manager changes one of the customer's people: what is known of both stays true until commit."""

from django.core.exceptions import ValidationError

from tenants.models import Customer, CustomerRoleGroup, Person
from tenants.models.person import PersonQuerySet
from tenants.roles import CustomerRole, Permission


def lock_own_people(*, customer: Customer, person: Person, changed_by: Person) -> CustomerRole:
    """The role that `person` has here, under locks on both and on all of the customer's managers.

    So two managers who remove each other come one after the other, and the second one is none any more. Raises
    ValidationError for somebody who is not one of this customer's people, or is of the provider's staff, and if
    `changed_by` may not do this, or no longer.
    """
    managers = set(managers_of(customer).values_list("pk", flat=True))
    keys = managers | {person.pk, changed_by.pk}
    # In one order for everybody, and before any chain. What only refers to them goes on.
    locked = {one.pk: one for one in Person.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")}
    return role_of_own(customer=customer, person=locked[person.pk], changed_by=locked[changed_by.pk])


def role_of_own(*, customer: Customer, person: Person, changed_by: Person) -> CustomerRole:
    """The same without locks: for what changes nothing yet, and is asked again once it does."""
    if not customer.permits(changed_by, Permission.PERSON_MANAGE):
        raise ValidationError("You may not change the people of this customer, or no longer.")
    row = CustomerRoleGroup.objects.filter(customer=customer, group__user=person).first()
    if row is None or not person.is_active or person.provider_roles():
        raise ValidationError("This is none of the customer's people any more.")
    return CustomerRole(row.role)


def keep_a_manager(*, customer: Customer, person: Person) -> None:
    """Raises ValidationError if nobody else looks after the customer's people. Under the lock above."""
    if not managers_of(customer).exclude(pk=person.pk).exists():
        raise ValidationError(
            f"{person} is the only manager of {customer}. Make somebody else a manager first, or ask your provider."
        )


def managers_of(customer: Customer) -> PersonQuerySet:
    active: PersonQuerySet = Person.objects.active()
    return active.filter(
        groups__customerrolegroup__customer=customer, groups__customerrolegroup__role=CustomerRole.MANAGER
    )


def belongs_elsewhere(*, customer: Customer, person: Person) -> bool:
    """Whether the account serves at another customer, too."""
    return CustomerRoleGroup.objects.filter(group__user=person).exclude(customer=customer).exists()

"""Whom something that happens to a customer's boxes concerns."""

from django.db.models import QuerySet

from tenants.models import Customer, Person
from tenants.roles import CustomerRole, ProviderRole

_PROVIDER = (ProviderRole.ADMINISTRATOR, ProviderRole.OPERATOR)
_CUSTOMER = (CustomerRole.MANAGER, CustomerRole.CONTACT)


def people_to_tell(customer: Customer) -> list[str]:
    """Addresses of the provider's operators and the customer's managers and contacts."""
    return sorted({*operators_to_tell(), *own_people_to_tell(customer)})


def operators_to_tell() -> list[str]:
    """Addresses of the provider's administrators and operators: what concerns no customer alone."""
    provider = Person.objects.active().filter(groups__providerrolegroup__role__in=_PROVIDER)
    return sorted(set(provider.values_list("email", flat=True)))


def own_people_to_tell(customer: Customer) -> list[str]:
    """Addresses of the customer's managers and contacts alone."""
    return sorted(set(_own_people(customer).values_list("email", flat=True)))


def names_to_tell(customer: Customer) -> list[str]:
    """The same people by name, or by address where they have none. For who sees that customer's people in any case."""
    people = _own_people(customer).order_by("name", "email").values_list("name", "email").distinct()
    return [name or email for name, email in people]


def _own_people(customer: Customer) -> QuerySet[Person]:
    own: QuerySet[Person] = Person.objects.active().filter(
        groups__customerrolegroup__customer=customer, groups__customerrolegroup__role__in=_CUSTOMER
    )
    return own

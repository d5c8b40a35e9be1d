"""Whom a customer's case concerns."""

from tenants.models import Customer, Person
from tenants.roles import CustomerRole, ProviderRole

_PROVIDER = (ProviderRole.ADMINISTRATOR, ProviderRole.OPERATOR)
_CUSTOMER = (CustomerRole.MANAGER, CustomerRole.CONTACT)


def people_to_tell(customer: Customer) -> list[str]:
    """Addresses of the provider's operators and the customer's managers and contacts."""
    provider = Person.objects.active().filter(groups__providerrolegroup__role__in=_PROVIDER)
    own = Person.objects.active().filter(
        groups__customerrolegroup__customer=customer, groups__customerrolegroup__role__in=_CUSTOMER
    )
    return sorted({*provider.values_list("email", flat=True), *own.values_list("email", flat=True)})

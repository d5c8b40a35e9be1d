"""Customers, sites, a gateway and people, by the portal's own operations."""

from accounts.operations.add_person import add_person
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models import Gateway
from tenants.actors import Actor
from tenants.models import Customer, Person, Site
from tenants.operations.announce_networks import announce_networks
from tenants.operations.grant_role import grant_customer_role, grant_provider_role
from tenants.operations.register_customer import register_customer
from tenants.operations.register_site import register_site
from tenants.roles import CustomerRole, ProviderRole

ACTOR = Actor.process("bench")
PUBLIC_ADDRESS = "198.51.100.21"


def make_gateway(*, network: str, name: str = "gateway-bench", base: str = "10.20.0.0/24") -> Gateway:
    return register_gateway(
        name=name, host="198.51.100.1", port=1194, network=network, base_networks=[base], registered_by=ACTOR
    )


def make_sites(customers: int, sites_each: int) -> list[Site]:
    """Sites whose boxes are expected to appear from PUBLIC_ADDRESS."""
    sites = [
        _site(customer, number)
        for customer in (_customer(number) for number in range(customers))
        for number in range(sites_each)
    ]
    announce_networks()  # as the worker does
    return sites


def _customer(number: int) -> Customer:
    return register_customer(
        slug=f"customer-{number}", name=f"Customer {number}", change_delay_minutes=0, registered_by=ACTOR
    )


def _site(customer: Customer, number: int) -> Site:
    return register_site(
        customer=customer, name=f"Site {number}", expected_networks=[f"{PUBLIC_ADDRESS}/32"], registered_by=ACTOR
    )


def make_contact(email: str, sites: list[Site], password: str | None = None) -> Person:
    """Somebody who sees and may report every sensor of these sites."""
    person = add_person(email=email, name="Carla Contact", added_by=ACTOR, password=password)
    for customer in {site.customer for site in sites}:
        grant_customer_role(person=person, customer=customer, role=CustomerRole.CONTACT, granted_by=ACTOR)
    return person


def make_staff(email: str) -> Person:
    """An operator of the provider's, who sees every customer's sensors."""
    person = add_person(email=email, name="Otto Operator", added_by=ACTOR)
    grant_provider_role(person=person, role=ProviderRole.OPERATOR, granted_by=ACTOR)
    return person

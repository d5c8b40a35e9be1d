"""Two customers and who is who, with which each test starts."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class World:
    """Two customers with a site each, one gateway, and who is who."""

    harbour: Any
    meadow: Any
    quay: Any
    dairy: Any
    gateway: Any
    administrator: Any
    operator: Any
    auditor: Any
    owner: Any  # harbour's contact
    manager: Any  # harbour's manager
    viewer: Any  # harbour's viewer
    stranger: Any  # meadow's contact


PASSWORD = "correct horse battery"


def make_world() -> World:
    from accounts.operations.add_person import add_person
    from sensors.gateways.operations.register_gateway import register_gateway
    from tenants.actors import Actor
    from tenants.operations.announce_networks import announce_networks
    from tenants.operations.grant_role import grant_customer_role, grant_provider_role
    from tenants.operations.register_customer import register_customer
    from tenants.operations.register_site import register_site
    from tenants.roles import CustomerRole, ProviderRole

    actor = Actor.process("test")
    harbour = register_customer(slug="harbour", name="Harbour Logistics", registered_by=actor)
    meadow = register_customer(slug="meadow", name="Meadow Dairy", registered_by=actor)

    def person(name: str) -> Any:
        return add_person(email=f"{name}@example.org", name=name.title(), added_by=actor, password=PASSWORD)

    def staff(name: str, role: ProviderRole) -> Any:
        made = person(name)
        grant_provider_role(person=made, role=role, granted_by=actor)
        return made

    def contact(name: str, customer: Any, role: CustomerRole) -> Any:
        made = person(name)
        grant_customer_role(person=made, customer=customer, role=role, granted_by=actor)
        return made

    def site(customer: Any, name: str, network: str) -> Any:
        return register_site(customer=customer, name=name, expected_networks=[network], registered_by=actor)

    quay, dairy = site(harbour, "Quay 7", "198.51.100.21/32"), site(meadow, "Dairy North", "198.51.100.22/32")
    announce_networks()  # As the worker does, before there is anybody whom it could tell.
    return World(
        harbour=harbour,
        meadow=meadow,
        quay=quay,
        dairy=dairy,
        gateway=register_gateway(
            name="gateway-1",
            host="198.51.100.1",
            port=1194,
            network="10.88.0.0/16",
            base_networks=["10.20.0.0/24"],
            registered_by=actor,
        ),
        administrator=staff("administrator", ProviderRole.ADMINISTRATOR),
        operator=staff("operator", ProviderRole.OPERATOR),
        auditor=staff("auditor", ProviderRole.AUDITOR),
        owner=contact("owner", harbour, CustomerRole.CONTACT),
        manager=contact("manager", harbour, CustomerRole.MANAGER),
        viewer=contact("viewer", harbour, CustomerRole.VIEWER),
        stranger=contact("stranger", meadow, CustomerRole.CONTACT),
    )

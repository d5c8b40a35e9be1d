"""Two customers, their people and sensors, and a gateway: what `script/demo` starts from."""

import json
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.operations.add_person import add_person
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.fleet.operations.set_sensor_setup import set_sensor_setup
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.models import Gateway, Sensor
from tenants.actors import Actor
from tenants.models import Customer, Person, SetupChanges, Site
from tenants.operations.grant_role import grant_customer_role, grant_provider_role
from tenants.operations.register_customer import register_customer
from tenants.operations.register_site import register_site
from tenants.operations.set_customer_setup import set_customer_setup
from tenants.roles import CustomerRole, ProviderRole

ACTOR = Actor.process("seed_demo")

# The laboratory's host at base (`lab.topology`), on which no manager runs.
MANAGER: SetupChanges = {"manager_name": "so-manager", "manager_address": "10.20.0.10"}
# name, description, serial number, line
BOXES = {
    "harbour": (
        ("harbour-rack2", "Grey box in rack 2, top, yellow label", "SN-4471-A", "3.x"),
        ("harbour-gate", "Small black box in the gatehouse cabinet", "SN-4471-B", "3.x"),
    ),
    "meadow": (
        ("meadow-server", "Server room, second shelf", "SN-5203-A", "2.4"),
        ("meadow-lab", "Under the desk in the laboratory", "SN-5203-B", "classic"),
    ),
}


class Command(BaseCommand):
    help = "Fill an empty portal with the demonstration's customers; prints logins and one-time codes as JSON."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Customer.objects.exists():
            raise CommandError("There are customers already: the demonstration is for an empty database.")
        logins = [_staff("olga@provider.example", "Olga Okafor", ProviderRole.ADMINISTRATOR)]
        logins.append(_staff("otto@provider.example", "Otto Operator", ProviderRole.OPERATOR))
        gateway = register_gateway(
            name="gateway-1",
            host="198.51.100.1",
            port=1194,
            network="10.88.0.0/16",
            base_networks=["10.20.0.0/24"],
            registered_by=ACTOR,
        )
        harbour = _customer("harbour", "Harbour Logistics")
        meadow = _customer("meadow", "Meadow Dairy")
        logins.append(_contact("anna@harbour.example", "Anna Adeyemi", harbour, CustomerRole.CONTACT))
        logins.append(_contact("maria@harbour.example", "Maria Moss", harbour, CustomerRole.MANAGER))
        logins.append(_contact("ben@meadow.example", "Ben Brandt", meadow, CustomerRole.CONTACT))
        quay = _site(harbour, "Quay 7 warehouse", "198.51.100.21/32")
        dairy = _site(meadow, "Dairy North", "198.51.100.22/32")
        sensors = [_sensor(site, gateway, box) for site in (quay, dairy) for box in BOXES[site.customer.slug]]
        seeded = {
            "logins": logins,
            "customers": [{"slug": customer.slug, "name": customer.name} for customer in (harbour, meadow)],
            "gateway": {
                "name": gateway.name,
                "subject": gateway.subject,
                "code": issue_gateway_code(gateway=gateway, issued_by=ACTOR),
            },
            "sensors": sensors,
            "portal": settings.BASE_URL,
        }
        self.stdout.write(json.dumps(seeded))


def _staff(email: str, name: str, role: ProviderRole) -> dict[str, str]:
    person, password = _person(email, name)
    grant_provider_role(person=person, role=role, granted_by=ACTOR)
    return {"email": email, "password": password, "role": f"provider {role}"}


def _contact(email: str, name: str, customer: Customer, role: CustomerRole) -> dict[str, str]:
    person, password = _person(email, name)
    grant_customer_role(person=person, customer=customer, role=role, granted_by=ACTOR)
    return {"email": email, "password": password, "role": f"{role} of {customer.name}"}


def _person(email: str, name: str) -> tuple[Person, str]:
    """A password made for this database: a demonstration that was left running is not open to everybody."""
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    return add_person(email=email, name=name, added_by=ACTOR, password=password), password


def _customer(slug: str, name: str) -> Customer:
    """Somebody who tries the demonstration sees a permit or a new network count as soon as its mail is out."""
    customer = register_customer(slug=slug, name=name, change_delay_minutes=0, registered_by=ACTOR)
    return set_customer_setup(customer=customer, changes=MANAGER, set_by=ACTOR)


def _site(customer: Customer, name: str, network: str) -> Site:
    return register_site(customer=customer, name=name, expected_networks=[network], registered_by=ACTOR)


def _sensor(site: Site, gateway: Gateway, box: tuple[str, str, str, str]) -> dict[str, str]:
    name, description, serial, line = box
    sensor: Sensor = register_sensor(
        site=site,
        gateway=gateway,
        name=name,
        description=description,
        hardware_serial=serial,
        line=line,
        registered_by=ACTOR,
    )
    set_sensor_setup(sensor=sensor, changes={"sniffing_interfaces": ["enp2s0f0", "enp2s0f1"]}, set_by=ACTOR)
    return {
        "name": name,
        "customer": site.customer.name,
        "site": site.name,
        "subject": sensor.subject,
        "address": sensor.address,
        "code": issue_sensor_code(sensor=sensor, issued_by=ACTOR),
    }

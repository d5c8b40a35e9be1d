"""What a row makes, and whether it is there already: asked when a file comes, and again when the row is made true."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError

from sensors.lines import Line
from sensors.models import Gateway, Sensor
from sensors.onboarding.columns import Column, Row
from sensors.states import SensorState
from tenants.models import Customer, CustomerRoleGroup, Person, Site
from tenants.networks import canonical
from tenants.roles import CustomerRole

BOX_WORDS = {"description": Column.DESCRIPTION, "hardware_serial": Column.SERIAL}
_LINES = {label.casefold(): value for value, label in Line.choices} | {value: value for value in Line.values}


@dataclass(frozen=True, slots=True)
class FaultyCell(Exception):
    """One cell of a row; `words` says how to mend it."""

    column: Column
    words: str


def site_of(row: Row, customer: Customer) -> Site:
    """Not saved. Raises FaultyCell."""
    networks = row[Column.NETWORKS].replace(",", " ").replace(";", " ").split()
    site = Site(customer=customer, name=row[Column.SITE], expected_networks=networks)
    names = {"name": Column.SITE, "expected_networks": Column.NETWORKS}
    _clean(site, names)
    site.expected_networks = canonical(networks)
    return site


def person_of(row: Row) -> Person:
    """Not saved. Raises FaultyCell."""
    person = Person(email=row[Column.EMAIL].lower(), name=row[Column.NAME], phone=row[Column.PHONE])
    _clean(person, {"email": Column.EMAIL, "name": Column.NAME, "phone": Column.PHONE})
    return person


def role_of(row: Row) -> CustomerRole:
    """Raises FaultyCell."""
    told = row[Column.ROLE].casefold()
    if told not in set(CustomerRole):
        raise FaultyCell(Column.ROLE, f"Write one of {', '.join(CustomerRole)}. Staff are invited in the admin.")
    return CustomerRole(told)


def box_of(row: Row) -> Sensor:
    """Without its site and gateway, and not saved. Raises FaultyCell."""
    told = row[Column.LINE].casefold() or Line.SECURITY_ONION_3
    if told not in _LINES:
        raise FaultyCell(Column.LINE, f"Write one of {', '.join(Line.values)}, or leave it empty for 3.x.")
    words = {name: row[column] for name, column in BOX_WORDS.items()}
    sensor = Sensor(name=row[Column.NAME], line=_LINES[told], **words)
    _clean(sensor, {"name": Column.NAME, **BOX_WORDS})
    return sensor


def _clean(thing: Any, columns: dict[str, Column]) -> None:
    """Each field for itself: no question to the database."""
    others = {field.name for field in thing._meta.fields} - columns.keys()
    try:
        thing.clean_fields(exclude=others)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise FaultyCell(columns[name], " ".join(messages)) from None


def is_same_site(there: Site, wanted: Site) -> bool:
    """Raises FaultyCell where it is there and different: what stands there, a file never changes."""
    if set(there.expected_networks) == set(wanted.expected_networks):
        return True
    raise FaultyCell(
        Column.NETWORKS,
        f"This site is there already, with {', '.join(there.expected_networks)}. A file changes nothing that is there:"
        " write the same, or change it on the site's page.",
    )


class BoxThere(NamedTuple):
    """The columns of a sensor that a row speaks of: of a large customer, all of them are in memory at once."""

    site_id: UUID
    name: str
    gateway_id: UUID
    description: str
    hardware_serial: str
    line: str
    state: str


def boxes_at(customer: Customer) -> dict[tuple[UUID, str], BoxThere]:
    """By site and name."""
    columns = Sensor.objects.filter(site__customer=customer).order_by().values_list(*BoxThere._fields)
    there = (BoxThere(*values) for values in columns.iterator())
    return {(box.site_id, box.name): box for box in there}


def is_same_box(there: Sensor | BoxThere, wanted: Sensor, gateway: Gateway | None) -> bool:
    """Raises FaultyCell as above. Without a gateway in the row, its own will do."""
    if gateway is not None and there.gateway_id != gateway.pk:
        raise FaultyCell(Column.GATEWAY, "A box of this name is at this site already, at another gateway.")
    if there.state == SensorState.RETIRED:
        raise FaultyCell(Column.NAME, "A box of this name was retired at this site. Choose another name.")
    for name, column in {**BOX_WORDS, "line": Column.LINE}.items():
        if getattr(there, name) != getattr(wanted, name):
            raise FaultyCell(
                column,
                f"A box of this name is at this site already, with '{getattr(there, name)}' here. A file changes"
                " nothing that is there: write the same, or change it on the box's page.",
            )
    return True


def roles_at(customer: Customer) -> dict[str, str]:
    """By e-mail address, of those who may sign in."""
    groups = CustomerRoleGroup.objects.filter(customer=customer, group__user__is_active=True)
    return dict(groups.values_list("group__user__email", "role"))

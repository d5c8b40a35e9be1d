"""What the portal's demonstration data consists of, as its command prints it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.errors import LaboratoryBroken


@dataclass(frozen=True)
class Login:
    """Somebody who can sign in."""

    email: str
    role: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class GatewayToEnrol:
    """A gateway with the one-time code that makes it one."""

    name: str
    subject: str
    code: str = field(repr=False)


@dataclass(frozen=True)
class SensorToEnrol:
    """A sensor with the one-time code that makes it one, and the address it will have."""

    name: str
    customer: str
    site: str
    subject: str
    address: str
    code: str = field(repr=False)


@dataclass(frozen=True)
class Fleet:
    """Everything that was made for the demonstration."""

    logins: tuple[Login, ...]
    gateway: GatewayToEnrol
    sensors: tuple[SensorToEnrol, ...]
    customers: tuple[str, ...]

    def sensors_by_box(self, boxes: Iterable[str]) -> dict[str, SensorToEnrol]:
        """Say which sensor each box is: those of the first customer are a1, a2, ..., of the second b1, b2, ..."""
        customers = list(dict.fromkeys(sensor.customer for sensor in self.sensors))
        named = {}
        for letter, customer in zip("ab", customers, strict=False):
            own = [sensor for sensor in self.sensors if sensor.customer == customer]
            named.update({f"{letter}{number}": sensor for number, sensor in enumerate(own, start=1)})
        if missing := set(boxes) - set(named):
            raise LaboratoryBroken(f"the portal's data has no sensor for {', '.join(sorted(missing))}")
        return {box: named[box] for box in boxes}


def read_fleet(printed: str) -> Fleet:
    """Read the JSON object that `manage.py seed_demo` prints; fields unknown to us are left alone."""
    data = json.loads(printed)
    return Fleet(
        logins=tuple(Login(**_fields(row, "email", "password", "role")) for row in data["logins"]),
        gateway=GatewayToEnrol(**_fields(data["gateway"], "name", "subject", "code")),
        sensors=tuple(
            SensorToEnrol(**_fields(row, "name", "customer", "site", "subject", "address", "code"))
            for row in data["sensors"]
        ),
        customers=tuple(row["name"] for row in data["customers"]),
    )


def _fields(row: dict[str, str], *names: str) -> dict[str, str]:
    return {name: row[name] for name in names}

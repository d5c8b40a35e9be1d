"""What the portal's demonstration data consists of, as its command prints it."""

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Login:
    """Somebody who can sign in."""

    email: str
    password: str
    role: str


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

    def sensors_by_customer(self) -> list[list[SensorToEnrol]]:
        """Return the sensors of each customer that has any, in the order in which they were made."""
        groups: dict[str, list[SensorToEnrol]] = {}
        for sensor in self.sensors:
            groups.setdefault(sensor.customer, []).append(sensor)
        return list(groups.values())


def read_fleet(printed: str) -> Fleet:
    """Read the JSON object that `manage.py seed_demo` prints; fields unknown to us are left alone."""
    data = json.loads(printed)
    return Fleet(
        logins=tuple(Login(row["email"], row["password"], row["role"]) for row in data["logins"]),
        gateway=GatewayToEnrol(**_fields(data["gateway"], "name", "subject", "code")),
        sensors=tuple(
            SensorToEnrol(**_fields(row, "name", "customer", "site", "subject", "address", "code"))
            for row in data["sensors"]
        ),
        customers=tuple(str(customer) for customer in data["customers"]),
    )


def _fields(row: dict[str, str], *names: str) -> dict[str, str]:
    return {name: row[name] for name in names}

"""What counts of the facts for Security Onion's setup: the sensor's own, else its site's, else its customer's."""

from collections.abc import Iterator
from dataclasses import dataclass

from sensors.models import Sensor
from tenants.models import SetupLevel

# What Security Onion itself begins with (salt/suricata/defaults.yaml; sosetup.conf).
USUAL_HOME_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


@dataclass(frozen=True, slots=True)
class SetupInForce:
    """`..._from` says in words where a value stands. No manager: both of its texts are empty."""

    home_networks: tuple[str, ...]
    home_networks_from: str
    manager_name: str
    manager_address: str
    manager_from: str


def setup_in_force(sensor: Sensor) -> SetupInForce:
    """The sensor comes with its site and customer."""
    home = next(((level, where) for level, where in _levels(sensor) if level.home_networks), None)
    manager = next(((level, where) for level, where in _levels(sensor) if level.manager_address), None)
    return SetupInForce(
        home_networks=tuple(home[0].home_networks) if home else USUAL_HOME_NETWORKS,
        home_networks_from=home[1] if home else "Security Onion's usual",
        manager_name=manager[0].manager_name if manager else "",
        manager_address=manager[0].manager_address if manager else "",
        manager_from=manager[1] if manager else "",
    )


def _levels(sensor: Sensor) -> Iterator[tuple[SetupLevel, str]]:
    yield sensor, f"the sensor {sensor.name}"
    yield sensor.site, f"the site {sensor.site.name}"
    yield sensor.site.customer, f"the customer {sensor.site.customer.name}"

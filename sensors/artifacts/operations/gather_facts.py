"""Rows into the frozen facts from which artifacts are made."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from sensors.artifacts.facts import GatewayFacts, SensorFacts
from sensors.artifacts.rendering import UnsafeValue
from sensors.artifacts.setup_facts import SetupFacts, is_let_through, line_problems
from sensors.fleet.setup_in_force import SetupInForce, setup_in_force
from sensors.lines import Line
from sensors.models import Gateway, Sensor


def gateway_facts(gateway: Gateway) -> GatewayFacts:
    """Raises UnsafeValue for a row that would not make a sound file."""
    return GatewayFacts(
        subject=gateway.subject,
        host=gateway.host,
        port=gateway.port,
        tcp_port=gateway.tcp_port,
        network=gateway.underlay,
        base_networks=tuple(IPv4Network(text) for text in gateway.base_networks),
        mssfix=gateway.mssfix,
    )


def sensor_facts(sensor: Sensor) -> SensorFacts:
    """Raises UnsafeValue for a row that would not make a sound file."""
    return SensorFacts(
        subject=sensor.subject,
        name=sensor.name,
        address=IPv4Address(sensor.address),
        gateway=gateway_facts(sensor.gateway),
    )


class SetupIncomplete(ValueError):
    """What is still missing or does not fit, one sentence each: which field, on which page."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def setup_facts(sensor: Sensor) -> SetupFacts:
    """Raises SetupIncomplete, and UnsafeValue for a row that would not make a sound file."""
    problems = setup_problems(sensor)
    if problems:
        raise SetupIncomplete(problems)
    told = setup_in_force(sensor)
    return SetupFacts(
        sensor=sensor_facts(sensor),
        line=Line(sensor.line),
        manager_name=told.manager_name,
        manager_address=_address(told),
        manager_from=told.manager_from,
        sniffing_interfaces=tuple(sensor.sniffing_interfaces),
        home_networks=_networks(told),
        home_networks_from=told.home_networks_from,
    )


def setup_problems(sensor: Sensor) -> list[str]:
    """What somebody has to fill in or change before there can be a file for the setup. Raises UnsafeValue."""
    told, problems = setup_in_force(sensor), []
    if not sensor.sniffing_interfaces:
        problems.append(f'"Sniffing interfaces" is empty on the page of the sensor {sensor.name}.')
    if not told.manager_address:
        problems.append(
            '"Manager\'s host name" and "Manager\'s address" are empty on the pages of '
            f"the sensor {sensor.name}, the site {sensor.site.name} and the customer {sensor.customer.name}: "
            "fill them in on one of the three."
        )
    elif not is_let_through(_address(told), gateway_facts(sensor.gateway).base_networks):
        bases = ", ".join(sensor.gateway.base_networks) or "none"
        problems.append(
            f'"Manager\'s address" on the page of {told.manager_from} is {told.manager_address}, and the gateway '
            f"{sensor.gateway.name} drops what its sensors send there: it lets them reach the networks at base "
            f"alone ({bases}). Give an address in one of them, or add a network on the gateway's page."
        )
    return problems + line_problems(Line(sensor.line), tuple(sensor.sniffing_interfaces), _networks(told))


def setup_lines(sensor: Sensor) -> list[str]:
    """For staff: what counts and from where, then what is still to be done."""
    told = setup_in_force(sensor)
    lines = [f"Home networks {', '.join(told.home_networks)} ({told.home_networks_from})"]
    if told.manager_address:
        lines.append(f"Manager {told.manager_name} at {told.manager_address} ({told.manager_from})")
    try:
        return lines + setup_problems(sensor)
    except UnsafeValue as error:
        return [*lines, str(error)]


def _networks(told: SetupInForce) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(text) for text in told.home_networks)
    except ValueError:
        raise UnsafeValue(f"a home network of {told.home_networks_from} is none") from None


def _address(told: SetupInForce) -> IPv4Address:
    try:
        return IPv4Address(told.manager_address)
    except ValueError:
        raise UnsafeValue(f"the manager's address of {told.manager_from} is none") from None

"""What Security Onion's installers want to know (so-setup of 2.4.110, sosetup of 16.04 and their documentation)."""

from sensors.artifacts.facts import SensorFacts
from sensors.artifacts.rendering import UnsafeValue, Value, render
from sensors.artifacts.setup_facts import SetupFacts
from sensors.lines import Line

MANAGER_PORTS_2_4 = (443, 4505, 4506, 5000, 5044, 5055, 5644, 8086, 8220, 8443)
MANAGER_PORTS_3 = tuple(sorted((*MANAGER_PORTS_2_4, 5432)))
MASTER_PORTS_CLASSIC = (22, 4505, 4506, 7736)
_SEEN = {
    Line.SECURITY_ONION_3: "  These are 2.4.110's. Where 3.x says it in other words, the ones here tell what is meant.",
    Line.SECURITY_ONION_2_4: "  These are 2.4.110's.",
}


def sosetup_conf(facts: SetupFacts) -> str:
    """For `sudo sosetup -f sosetup.conf`, once the tunnel is up. HOME_NET has no spaces; every value is quoted."""
    if facts.line != Line.CLASSIC:
        raise UnsafeValue(
            f"sosetup.conf is for the classic line, and {facts.sensor.name} has {facts.line.label}:"
            " so-worksheet.txt is for that"
        )
    return render(
        "sosetup.conf",
        {
            "name": facts.sensor.name,
            "address": facts.sensor.address,
            "netmask": facts.sensor.gateway.network.netmask,
            "tunnel_gateway": facts.sensor.gateway.network.network_address + 1,
            "server": facts.manager_address,
            "sniffing_interfaces": " ".join(facts.sniffing_interfaces),
            "home_net": ",".join(map(str, facts.home_networks)),
        },
    )


def setup_worksheet(facts: SetupFacts) -> str:
    """What to do before, during and after the setup of the sensor's line, in the order in which it is done."""
    blocks = {"home_networks": [f"    {network}" for network in facts.home_networks]}
    if facts.line == Line.CLASSIC:
        more = {
            "ufw_ports": _listed(MASTER_PORTS_CLASSIC),
            "server_line": firewall_lines(facts.sensor, facts.line).strip(),
        }
        return render("so-worksheet-classic.txt", _values(facts) | more, blocks)
    return render("so-worksheet-salt.txt", _values(facts), blocks | {"seen": [_SEEN[facts.line]]})


def firewall_lines(sensor: SensorFacts, line: Line) -> str:
    """What to type at base so that the manager (or the classic master) lets this sensor in."""
    address = sensor.address
    if line == Line.CLASSIC:
        return f"ufw allow proto tcp from {address} to any port {_listed(MASTER_PORTS_CLASSIC)}\n"
    return f"so-firewall includehost sensor {address} --apply\n"


def manager_ports(line: Line) -> tuple[int, ...]:
    """TCP, on the manager, from its sensors."""
    return {Line.CLASSIC: MASTER_PORTS_CLASSIC, Line.SECURITY_ONION_2_4: MANAGER_PORTS_2_4}.get(line, MANAGER_PORTS_3)


def _values(facts: SetupFacts) -> dict[str, Value]:
    return {
        "title": facts.line.label,
        "name": facts.sensor.name,
        "address": str(facts.sensor.address),
        "manager_name": facts.manager_name,
        "manager_address": str(facts.manager_address),
        "manager_from": facts.manager_from,
        "interfaces": " ".join(facts.sniffing_interfaces),
        "home_from": facts.home_networks_from,
        "ports": ", ".join(map(str, manager_ports(facts.line))),
    }


def _listed(ports: tuple[int, ...]) -> str:
    return ",".join(map(str, ports))

"""Closes this host before its network is there, and says whether it is closed: nothing here needs the portal."""

from ipaddress import IPv4Network

from gateway.agent_directory import AgentDirectory
from gateway.locks.firewall import FirewallRefused, apply_firewall, table_stands
from gateway.locks.firewall_table import TABLE, firewall_table
from gateway.locks.host_tools import ToolRefused
from gateway.locks.other_forwarding import OtherForwardingRefused, Way, read_other_forwarding
from gateway.locks.routing_rules import Rule, find_gaps, put_rules_in_place, wanted_rules
from gateway.state.configuration_rules import ConfigurationRefused, read_server_conf, read_server_tcp_conf


class HostOpen(Exception):
    """This host cannot be closed, so no tunnel may start on it; the text says why."""


def close_host(directory: AgentDirectory) -> None:
    """The routing rules, and a table without any sensor unless one stands: filling it is the agent's work.

    Raises HostOpen.
    """
    others = _others(directory)
    try:
        put_rules_in_place(_wanted(directory, others))
        if not table_stands():
            apply_firewall(firewall_table(base_networks=(), others=others), ())
    except (ToolRefused, FirewallRefused) as error:
        raise HostOpen(str(error)) from error


def find_openings(directory: AgentDirectory) -> list[str]:
    """What is missing, in words, each with how to mend it; nothing when this host is closed.

    Also a server.conf of which a power cut has left half: without its last lines OpenVPN would let revoked boxes in.
    """
    try:
        openings = [f"routing: {gap}" for gap in find_gaps(_wanted(directory, _others(directory)))]
        if not table_stands():
            openings.append(
                f"firewall: the table {TABLE} is missing or not this agent's; "
                "mend it: systemctl restart nsm-gateway-closed nsm-gateway-agent"
            )
    except (ToolRefused, FirewallRefused) as error:
        return [f"firewall: {error}"]
    mend = "is not one of the agent's; mend it: systemctl restart nsm-gateway-agent"
    if directory.server_conf.exists() and _underlay(directory) is None:
        openings.append(f"server.conf {mend}")
    if directory.server_tcp_conf.exists() and not _is_whole(directory):
        openings.append(f"server-tcp.conf {mend}")
    return openings


def _is_whole(directory: AgentDirectory) -> bool:
    try:
        return read_server_tcp_conf(directory.server_tcp_conf.read_text()).network == _underlay(directory)
    except (OSError, UnicodeDecodeError, ConfigurationRefused):
        return False


def _wanted(directory: AgentDirectory, others: tuple[Way, ...]) -> frozenset[Rule]:
    return wanted_rules(underlay=_underlay(directory), others=others)


def _underlay(directory: AgentDirectory) -> IPv4Network | None:
    """None before the portal has told, and for a server.conf with which OpenVPN is not to be started either."""
    try:
        return read_server_conf(directory.server_conf.read_text()).network
    except (OSError, UnicodeDecodeError, ConfigurationRefused):
        return None


def _others(directory: AgentDirectory) -> tuple[Way, ...]:
    try:
        return read_other_forwarding(directory.other_forwarding)
    except OtherForwardingRefused:
        return ()

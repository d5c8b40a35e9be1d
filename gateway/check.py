"""`python -m gateway check`: looks at everything a cut-off relies on and says it in words.

It changes nothing and takes nothing from the agent, so it may be asked as often as a monitor likes.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from gateway.agent_directory import AgentDirectory
from gateway.finding import Finding
from gateway.locks.close_host import find_openings
from gateway.locks.firewall import FirewallRefused, read_addresses
from gateway.locks.foreign_forwarding import find_foreign_drops
from gateway.locks.host_routing import look_at_settings, look_at_ways
from gateway.locks.host_tools import ToolRefused
from gateway.locks.other_forwarding import TCP_TUNNEL, TUNNEL, OtherForwardingRefused, read_other_forwarding
from gateway.locks.revoked_serials import look_as_openvpn
from gateway.openvpn.listening import Management, read_management
from gateway.state.configuration_rules import ConfigurationRefused, ServerConf, read_server_conf
from gateway.state.desired_state import StateRefused
from gateway.state.state_file import StateFile
from gateway.state.stored_state import StoredState
from gateway.to_portal.certificates import WARN_DAYS, CertificateUnfit, days_left
from gateway.to_portal.enrolment_file import NotEnrolled, connect_machines_door, load_enrolment
from gateway.to_portal.portal_client import PortalUnreachable
from gateway.to_portal.way_back import look_at_way_back

UNIT, TCP_UNIT = "nsm-gateway-openvpn", "nsm-gateway-openvpn-tcp"


def check(*, directory: AgentDirectory, say: Callable[[str], None]) -> bool:
    """One line for each thing looked at; True when all is right."""
    findings = list(_look(directory))
    for finding in findings:
        say(f"{'ok   ' if finding.right else 'WRONG'} {finding.text}")
    return all(finding.right for finding in findings)


def _look(directory: AgentDirectory) -> Iterator[Finding]:
    yield from _look_at_files(directory)
    yield _look_at_certificate(directory)
    yield from _look_at_host(directory)
    conf: ServerConf | None = None
    try:
        conf = read_server_conf(directory.server_conf.read_text())
        yield Finding(True, f"server.conf: OpenVPN's user is {conf.user}")
    except (OSError, ConfigurationRefused, UnicodeDecodeError) as error:
        yield Finding(False, f"server.conf: {error}")
    yield from _look_at_management("", directory.management_socket, UNIT)
    if directory.server_tcp_conf.exists():
        yield from _look_at_management(" by TCP", directory.tcp_management_socket, TCP_UNIT)
    try:
        state = StateFile(directory.state).load()
    except StateRefused as error:
        yield _look_at_portal(directory, 0)
        yield Finding(False, str(error))
        return
    yield _look_at_portal(directory, state.generation)
    yield Finding(state.generation > 0, f"state: generation {state.generation}, {len(state.entries)} sensors")
    yield _look_at_serials(directory, conf, state)
    yield _look_at_firewall(state)
    yield _look_at_other_forwarding(directory)
    yield from _look_at_base(directory, state)


def _look_at_host(directory: AgentDirectory) -> Iterator[Finding]:
    openings = find_openings(directory)
    yield from (Finding(False, opening) for opening in openings)
    if not openings:
        yield Finding(True, "closed: the table and the routing rules stand")
    units = {TUNNEL: UNIT} | ({TCP_TUNNEL: TCP_UNIT} if directory.server_tcp_conf.exists() else {})
    yield from look_at_settings(units)
    try:
        drops = find_foreign_drops(units)
    except ToolRefused as error:
        drops = [str(error)]
    yield from (Finding(False, f"forwarding: {drop}") for drop in drops)
    if not drops:
        yield Finding(True, "forwarding: nobody else's rules drop what goes through the tunnel")


def _look_at_base(directory: AgentDirectory, state: StoredState) -> Iterator[Finding]:
    if state.config is None:
        return
    networks = state.config.base_networks
    yield from look_at_ways(networks)
    try:
        url = load_enrolment(directory).machines_door_url
    except NotEnrolled:
        return  # Told above.
    yield look_at_way_back(url, state.config.conf, networks)


def _look_at_files(directory: AgentDirectory) -> Iterator[Finding]:
    for path in (directory.key, directory.tls_crypt_key):
        if not path.exists():
            yield Finding(False, f"{path.name}: missing")
            continue
        mode = path.stat().st_mode & 0o7777
        yield Finding(mode & 0o077 == 0, f"{path.name}: mode {mode:04o}")
    for path in (directory.certificate, directory.ca, directory.enrolment):
        yield Finding(path.exists(), f"{path.name}: {'there' if path.exists() else 'missing'}")


def _look_at_certificate(directory: AgentDirectory) -> Finding:
    try:
        left = days_left(directory.certificate, dt.datetime.now(dt.UTC))
    except CertificateUnfit as error:
        return Finding(False, f"certificate: {error}")
    return Finding(left > WARN_DAYS, f"certificate: {left:.0f} days left" if left > 0 else "certificate: expired")


def _look_at_portal(directory: AgentDirectory, generation: int) -> Finding:
    """What the agent knows already is not sent again."""
    try:
        answer = connect_machines_door(directory).ask("GET", f"/v1/gateway/state?since={generation}&wait=0")
    except (NotEnrolled, PortalUnreachable, ValueError) as error:
        return Finding(False, f"machines' door: {error}")
    return Finding(answer.status == 200, f"machines' door: answers {answer.status}")


def _look_at_management(which: str, path: Path, unit: str) -> Iterator[Finding]:
    """Without a connection: OpenVPN would keep that in its queue."""
    try:
        found = read_management(path)
    except OSError as error:
        yield Finding(False, f"management socket{which}: {error.strerror}")
        return
    there = found is not Management.ABSENT
    mend = f"nobody listens; mend it: systemctl start {unit}"
    yield Finding(there, f"management socket{which}: {'OpenVPN listens' if there else mend}")
    if there:
        served = found is Management.SERVES
        mend = f"nobody is at the management socket{which}; mend it: systemctl start nsm-gateway-agent"
        yield Finding(served, f"agent: {f'it is at the management socket{which}' if served else mend}")


def _look_at_serials(directory: AgentDirectory, conf: ServerConf | None, state: StoredState) -> Finding:
    look = look_as_openvpn(directory, user=conf.user if conf else None, group=conf.group if conf else None)
    missing = len(state.revoked - look.serials)
    if look.problem or missing:
        return Finding(False, f"crl: {look.problem or f'{missing} revoked serials cannot be read'}")
    return Finding(True, f"crl: OpenVPN's user can read all {len(state.revoked)} revoked serials")


def _look_at_firewall(state: StoredState) -> Finding:
    try:
        open_addresses = read_addresses()
    except FirewallRefused as error:
        return Finding(False, f"firewall: {error}")
    same = open_addresses == state.allowed_addresses()
    return Finding(same, f"firewall: {len(open_addresses)} addresses open{'' if same else ', not those wanted'}")


def _look_at_other_forwarding(directory: AgentDirectory) -> Finding:
    try:
        ways = read_other_forwarding(directory.other_forwarding)
    except OtherForwardingRefused as error:
        return Finding(False, f"firewall: nothing but the underlay is forwarded, since {error}")
    named = ", ".join(f"{way.incoming} to {way.outgoing}" for way in ways)
    return Finding(True, f"firewall: besides the underlay, {named or 'nothing'} is forwarded")

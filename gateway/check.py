"""`python -m gateway check`: looks at everything a cut-off relies on and says it in words. Changes nothing."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.agent_directory import AgentDirectory
from gateway.locks.firewall import FirewallRefusedError, read_addresses
from gateway.locks.other_forwarding import OtherForwardingError, read_other_forwarding
from gateway.locks.revoked_serials import look_as_openvpn
from gateway.openvpn.management_socket import ManagementLostError, ManagementSocket
from gateway.state.configuration_rules import ConfigurationRefusedError, ServerConf, read_server_conf
from gateway.state.desired_state import StateRefusedError
from gateway.state.state_file import StateFile
from gateway.state.stored_state import StoredState
from gateway.to_portal.certificates import WARN_DAYS, CertificateUnfitError, days_left
from gateway.to_portal.enrolment_file import NotEnrolledError, connect_machines_door
from gateway.to_portal.portal_client import PortalUnreachableError


@dataclass(frozen=True, slots=True)
class Finding:
    right: bool
    text: str


def check(*, directory: AgentDirectory, say: Callable[[str], None]) -> bool:
    """One line for each thing looked at; True when all is right."""
    findings = list(_look(directory))
    for finding in findings:
        say(f"{'ok   ' if finding.right else 'WRONG'} {finding.text}")
    return all(finding.right for finding in findings)


def _look(directory: AgentDirectory) -> Iterator[Finding]:
    yield from _look_at_files(directory)
    yield _look_at_certificate(directory)
    yield _look_at_portal(directory)
    conf: ServerConf | None = None
    try:
        conf = read_server_conf(directory.server_conf.read_text())
        yield Finding(True, f"server.conf: OpenVPN's user is {conf.user}")
    except (OSError, ConfigurationRefusedError, UnicodeDecodeError) as error:
        yield Finding(False, f"server.conf: {error}")
    yield _look_at_management(directory)
    try:
        state = StateFile(directory.state).load()
    except StateRefusedError as error:
        yield Finding(False, str(error))
        return
    yield Finding(state.generation > 0, f"state: generation {state.generation}, {len(state.entries)} sensors")
    yield _look_at_serials(directory, conf, state)
    yield _look_at_firewall(state)
    yield _look_at_other_forwarding(directory)


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
    except CertificateUnfitError as error:
        return Finding(False, f"certificate: {error}")
    return Finding(left > WARN_DAYS, f"certificate: {left:.0f} days left" if left > 0 else "certificate: expired")


def _look_at_portal(directory: AgentDirectory) -> Finding:
    try:
        answer = connect_machines_door(directory).ask("GET", "/v1/gateway/state?since=0&wait=0")
    except (NotEnrolledError, PortalUnreachableError, ValueError) as error:
        return Finding(False, f"machines' door: {error}")
    return Finding(answer.status == 200, f"machines' door: answers {answer.status}")


def _look_at_management(directory: AgentDirectory) -> Finding:
    try:
        ManagementSocket(directory.management_socket).close()
    except ManagementLostError as error:
        return Finding(False, f"management socket: {error}")
    return Finding(True, "management socket: OpenVPN listens")


def _look_at_serials(directory: AgentDirectory, conf: ServerConf | None, state: StoredState) -> Finding:
    look = look_as_openvpn(directory, user=conf.user if conf else None, group=conf.group if conf else None)
    missing = len(state.revoked - look.serials)
    if look.problem or missing:
        return Finding(False, f"crl: {look.problem or f'{missing} revoked serials cannot be read'}")
    return Finding(True, f"crl: OpenVPN's user can read all {len(state.revoked)} revoked serials")


def _look_at_firewall(state: StoredState) -> Finding:
    try:
        open_addresses = read_addresses()
    except FirewallRefusedError as error:
        return Finding(False, f"firewall: {error}")
    same = open_addresses == state.allowed_addresses()
    return Finding(same, f"firewall: {len(open_addresses)} addresses open{'' if same else ', not those wanted'}")


def _look_at_other_forwarding(directory: AgentDirectory) -> Finding:
    try:
        ways = read_other_forwarding(directory.other_forwarding)
    except OtherForwardingError as error:
        return Finding(False, f"firewall: nothing but the underlay is forwarded, since {error}")
    named = ", ".join(f"{way.incoming} to {way.outgoing}" for way in ways)
    return Finding(True, f"firewall: besides the underlay, {named or 'nothing'} is forwarded")

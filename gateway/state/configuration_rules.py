"""Reads a server.conf from the portal. OpenVPN runs as root, so a portal in the wrong hands must not be able to start
programs on this host, to weaken the tunnel, or to leave out the locks that a cut-off relies on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from gateway.state.ipv4 import is_underlay, read_address_and_netmask
from gateway.state.openvpn_directives import (
    DIRECTIVES,
    MOST_PUSHED,
    PUSHED,
    REQUIRED,
    TCP_DIRECTIVES,
    TCP_PUSHED,
    TCP_REQUIRED,
)
from gateway.state.openvpn_forms import fits

# OpenVPN reads 255 bytes at a time: the rest of a longer line, even of a comment, would be a directive.
LONGEST_LINE = 250
MOST_LINES = 1000
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
# Without backslashes and inner quotes OpenVPN's reading of quotes and ours are the same.
PUSH = re.compile(r'push "([a-z0-9. -]*)"')


class ConfigurationRefused(Exception):
    """The text says what is wrong with a configuration from the portal, and what would be right."""


@dataclass(frozen=True, slots=True)
class ServerConf:
    """The facts of a server.conf, or of a server-tcp.conf, that the agent itself needs."""

    network: IPv4Network
    user: str
    group: str
    # The networks that every box is told to reach through the tunnel.
    routes: tuple[IPv4Network, ...]

    @property
    def own_address(self) -> IPv4Address:
        return self.network.network_address + 1


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one of the two files may and must say."""

    file: str
    directives: Mapping[str, str]
    required: tuple[str, ...]
    pushed: Mapping[str, str]


_UDP = _Rules("server.conf", DIRECTIVES, REQUIRED, PUSHED)
_TCP = _Rules("server-tcp.conf", TCP_DIRECTIVES, TCP_REQUIRED, TCP_PUSHED)


@dataclass(frozen=True, slots=True)
class _Line:
    """Its file, its number, its directive, and the words after that."""

    file: str
    number: int
    name: str
    words: tuple[str, ...]

    def refuse(self, why: str) -> ConfigurationRefused:
        return ConfigurationRefused(f"{self.file} line {self.number}: {why}")


def read_server_conf(text: str) -> ServerConf:
    """Raises ConfigurationRefused for anything that is not in `openvpn_directives`."""
    found, pushed = _read(text, _UDP)
    server = found["server"]
    network = _read_network(server)
    if not is_underlay(network):
        raise server.refuse("the underlay must be a private network (RFC 1918) from /16 to /29")
    return _judge(found, network, tuple(_read_network(line) for line in pushed))


def read_server_tcp_conf(text: str) -> ServerConf:
    """As `read_server_conf`, of the OpenVPN that listens by TCP. Whether both serve one underlay is not looked at."""
    found, pushed = _read(text, _TCP)
    constraint, ifconfig = found["ifconfig-push-constraint"], found["ifconfig"]
    network = _read_network(constraint)
    if not is_underlay(network):
        raise constraint.refuse("the underlay must be a private network (RFC 1918) from /16 to /29")
    own = str(network.network_address + 1)
    if ifconfig.words[0] != own:
        raise ifconfig.refuse(f"the address must be the underlay's first, {own}")
    said = {line.name: line for line in pushed if line.name != "route"}
    if set(said) != {"topology", "route-gateway"} or said["route-gateway"].words != (own,):
        raise ConfigurationRefused(f'{_TCP.file} must say: push "topology subnet" and push "route-gateway {own}"')
    return _judge(found, network, tuple(_read_network(line) for line in pushed if line.name == "route"))


def _read(text: str, rules: _Rules) -> tuple[dict[str, _Line], list[_Line]]:
    """The directives by their names, and what is pushed."""
    found: dict[str, _Line] = {}
    pushed: list[_Line] = []
    for line in _read_lines(text, rules.file):
        if line.name == "push":
            pushed.append(_pushed(line, rules))
            continue
        _check(line, rules.directives)
        if line.name in found:
            raise line.refuse(f"{line.name} stands in line {found[line.name].number} already; take one out")
        found[line.name] = line
    for name in rules.required:
        if name not in found:
            raise ConfigurationRefused(f"{rules.file} must say: {' '.join((name, rules.directives[name])).rstrip()}")
    if len(pushed) > MOST_PUSHED + len(rules.pushed) - 1:
        raise pushed[-1].refuse(f"more than {MOST_PUSHED} routes are pushed")
    return found, pushed


def _read_lines(text: str, file: str) -> Iterator[_Line]:
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise ConfigurationRefused(f"{file} has more than {MOST_LINES} lines")
    for number, text_of_line in enumerate(lines, start=1):
        line = _Line(file, number, "", tuple(text_of_line.split()))
        if len(text_of_line) > LONGEST_LINE:
            raise line.refuse(f"it is longer than {LONGEST_LINE} characters")
        if not (text_of_line.isascii() and text_of_line.replace("\t", " ").isprintable()):
            raise line.refuse("it holds something that is no plain character (ASCII)")
        if line.words and line.words[0][0] not in "#;":
            yield _Line(file, number, *_take_apart(line, text_of_line))


def _take_apart(line: _Line, text: str) -> tuple[str, tuple[str, ...]]:
    """For `push`, the words between the quotes."""
    name, *words = line.words
    if name != "push":
        return name, tuple(words)
    quoted = PUSH.fullmatch(text.strip())
    if quoted is None:
        raise line.refuse('push may only say: "route NETWORK NETMASK"')
    return name, tuple(quoted[1].split())


def _check(line: _Line, known: Mapping[str, str]) -> None:
    form = known.get(line.name)
    if form is None:
        name = line.name if NAME.fullmatch(line.name) else "this"
        raise line.refuse(f"{name} is not on the list of directives; take the line out")
    if not fits(line.words, form):
        raise line.refuse(f"{line.name} may only say: {form}" if form else f"{line.name} stands alone")


def _judge(found: dict[str, _Line], network: IPv4Network, routes: tuple[IPv4Network, ...]) -> ServerConf:
    """What the words mean, where each by itself is right."""
    keepalive = found["keepalive"]
    if int(keepalive.words[1]) < 2 * int(keepalive.words[0]):
        raise keepalive.refuse("the second number of keepalive must be at least twice the first")
    most = found.get("max-clients")
    if most and int(most.words[0]) > network.num_addresses - 3:
        raise most.refuse("max-clients is more than the underlay has addresses for")
    return ServerConf(network, found["user"].words[0], found["group"].words[0], routes)


def _pushed(line: _Line, rules: _Rules) -> _Line:
    name, *words = line.words or ("",)
    pushed = _Line(line.file, line.number, name, tuple(words))
    _check(pushed, rules.pushed)
    return pushed


def _read_network(line: _Line) -> IPv4Network:
    try:
        return read_address_and_netmask(line.words[0], line.words[1])
    except ValueError:
        raise line.refuse("the address has bits outside its netmask") from None

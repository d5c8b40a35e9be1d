"""Reads a server.conf from the portal. OpenVPN runs as root, so a portal in the wrong hands must not be able to start
programs on this host, to weaken the tunnel, or to leave out the locks that a cut-off relies on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from gateway.state.ipv4 import is_underlay, read_address_and_netmask
from gateway.state.openvpn_directives import DIRECTIVES, MOST_PUSHED, PUSHED, REQUIRED
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
    """The facts of a server.conf that the agent itself needs."""

    network: IPv4Network
    user: str
    group: str
    # The networks that every box is told to reach through the tunnel.
    routes: tuple[IPv4Network, ...]

    @property
    def own_address(self) -> IPv4Address:
        return self.network.network_address + 1


@dataclass(frozen=True, slots=True)
class _Line:
    """Its number, its directive, and the words after that."""

    number: int
    name: str
    words: tuple[str, ...]

    def refuse(self, why: str) -> ConfigurationRefused:
        return ConfigurationRefused(f"server.conf line {self.number}: {why}")


def read_server_conf(text: str) -> ServerConf:
    """Raises ConfigurationRefused for anything that is not in `openvpn_directives`."""
    found: dict[str, _Line] = {}
    pushed: list[_Line] = []
    for line in _read_lines(text):
        if line.name == "push":
            pushed.append(line)
            continue
        _check(line, DIRECTIVES)
        if line.name in found:
            raise line.refuse(f"{line.name} stands in line {found[line.name].number} already; take one out")
        found[line.name] = line
    for name in REQUIRED:
        if name not in found:
            raise ConfigurationRefused(f"server.conf must say: {' '.join((name, DIRECTIVES[name])).rstrip()}")
    return _judge(found, pushed)


def _read_lines(text: str) -> Iterator[_Line]:
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise ConfigurationRefused(f"server.conf has more than {MOST_LINES} lines")
    for number, text_of_line in enumerate(lines, start=1):
        line = _Line(number, "", tuple(text_of_line.split()))
        if len(text_of_line) > LONGEST_LINE:
            raise line.refuse(f"it is longer than {LONGEST_LINE} characters")
        if not (text_of_line.isascii() and text_of_line.replace("\t", " ").isprintable()):
            raise line.refuse("it holds something that is no plain character (ASCII)")
        if line.words and line.words[0][0] not in "#;":
            yield _Line(number, *_take_apart(line, text_of_line))


def _take_apart(line: _Line, text: str) -> tuple[str, tuple[str, ...]]:
    """For `push`, the words between the quotes."""
    name, *words = line.words
    if name != "push":
        return name, tuple(words)
    quoted = PUSH.fullmatch(text.strip())
    if quoted is None:
        raise line.refuse('push may only say: "route NETWORK NETMASK"')
    return name, tuple(quoted[1].split())


def _check(line: _Line, known: dict[str, str]) -> None:
    form = known.get(line.name)
    if form is None:
        name = line.name if NAME.fullmatch(line.name) else "this"
        raise line.refuse(f"{name} is not on the list of directives; take the line out")
    if not fits(line.words, form):
        raise line.refuse(f"{line.name} may only say: {form}" if form else f"{line.name} stands alone")


def _judge(found: dict[str, _Line], pushed: list[_Line]) -> ServerConf:
    """What the words mean, where each by itself is right."""
    server, keepalive = found["server"], found["keepalive"]
    network = _read_network(server)
    if not is_underlay(network):
        raise server.refuse("the underlay must be a private network (RFC 1918) from /16 to /29")
    if int(keepalive.words[1]) < 2 * int(keepalive.words[0]):
        raise keepalive.refuse("the second number of keepalive must be at least twice the first")
    most = found.get("max-clients")
    if most and int(most.words[0]) > network.num_addresses - 3:
        raise most.refuse("max-clients is more than the underlay has addresses for")
    if len(pushed) > MOST_PUSHED:
        raise pushed[MOST_PUSHED].refuse(f"more than {MOST_PUSHED} routes are pushed")
    routes = tuple(_read_route(line) for line in pushed)
    return ServerConf(network, found["user"].words[0], found["group"].words[0], routes)


def _read_route(line: _Line) -> IPv4Network:
    name, *words = line.words or ("",)
    route = _Line(line.number, name, tuple(words))
    _check(route, PUSHED)
    return _read_network(route)


def _read_network(line: _Line) -> IPv4Network:
    try:
        return read_address_and_netmask(line.words[0], line.words[1])
    except ValueError:
        raise line.refuse("the address has bits outside its netmask") from None

"""What a configuration from the portal may say. OpenVPN and nft run as root, so a portal in the wrong hands must not be
able to start programs on this host or to leave out the locks that a cut-off relies on.
"""

import ipaddress
import re
from dataclasses import dataclass

from gateway.openvpn_directives import ALLOWED, FIXED, REQUIRED

# OpenVPN reads 255 bytes at a time: the rest of a longer line, even of a comment, would be a directive.
LONGEST_LINE = 250
DIRECTIVE = re.compile(r"[a-z][a-z0-9-]*")
NFT_VERBS = frozenset({"add", "create", "delete", "destroy", "flush", "insert", "list", "rename", "replace", "reset"})


class ConfigurationRefusedError(Exception):
    """The text says what is wrong with a configuration from the portal."""


@dataclass(frozen=True, slots=True)
class ServerConf:
    """The facts of a server.conf that the agent itself needs."""

    network: ipaddress.IPv4Network
    own_address: ipaddress.IPv4Address
    user: str | None
    group: str | None
    management_for_root_only: bool


def read_server_conf(text: str) -> ServerConf:
    """Raises ConfigurationRefusedError for anything that is not on the list above."""
    directives = _read_directives(text)
    for name, expected in REQUIRED.items():
        if directives.get(name, [None])[0] != expected and name != "tls-crypt-v2":
            raise ConfigurationRefusedError(f"server.conf must say: {' '.join((name, *expected))}")
    if directives.get("tls-crypt-v2", [()])[0][:1] != REQUIRED["tls-crypt-v2"]:
        raise ConfigurationRefusedError("server.conf must say: tls-crypt-v2 tls-crypt-v2-server.key")
    for name, expected in FIXED.items():
        if any(words != expected for words in directives.get(name, [])):
            raise ConfigurationRefusedError(f"server.conf may only say: {' '.join((name, *expected))}")
    network = _read_network(directives.get("server", [()])[0])
    return ServerConf(
        network=network,
        own_address=network.network_address + 1,
        user=_word(directives, "user"),
        group=_word(directives, "group"),
        management_for_root_only=_word(directives, "management-client-user") == "root",
    )


def _read_directives(text: str) -> dict[str, list[tuple[str, ...]]]:
    directives: dict[str, list[tuple[str, ...]]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line.encode()) > LONGEST_LINE:
            raise ConfigurationRefusedError(f"server.conf line {number} is too long")
        if not line.replace("\t", " ").isprintable():
            raise ConfigurationRefusedError(f"server.conf line {number} holds a control character")
        words = line.split()
        if not words or words[0][0] in "#;":
            continue
        if not DIRECTIVE.fullmatch(words[0]) or words[0] not in ALLOWED:
            raise ConfigurationRefusedError(f"server.conf line {number} holds a directive that is not allowed")
        directives.setdefault(words[0], []).append(tuple(words[1:]))
    repeated = [name for name in {*REQUIRED, "server", "user", "group"} if len(directives.get(name, ())) > 1]
    if repeated:
        raise ConfigurationRefusedError(f"server.conf says {sorted(repeated)[0]} twice")
    return directives


def _word(directives: dict[str, list[tuple[str, ...]]], name: str) -> str | None:
    words = directives.get(name, [()])[-1]
    return words[0] if words else None


def _read_network(words: tuple[str, ...]) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(f"{words[0]}/{words[1]}")
    except (IndexError, ValueError):
        raise ConfigurationRefusedError("server.conf must say: server NETWORK NETMASK") from None


def check_firewall(text: str) -> None:
    """Our table only: the rest of the host's rules is not the portal's business."""
    if not text.replace("\n", " ").replace("\t", " ").isprintable():
        raise ConfigurationRefusedError("firewall holds a control character")
    code = "\n".join(line.split("#", 1)[0] for line in text.split("\n"))
    if re.search(r"\binclude\b|\bruleset\b", code):
        raise ConfigurationRefusedError("firewall includes a file or touches the whole ruleset")
    statements = [words for part in re.split(r"[;{}\n]", code) if (words := part.split())]
    if not any(words[0] == "table" for words in statements):
        raise ConfigurationRefusedError("firewall must declare table inet nsmaas")
    for words in statements:
        named = words[1:3] if words[0] == "table" else words[2:4]
        if (words[0] == "table" or words[0] in NFT_VERBS) and named != ["inet", "nsmaas"]:
            raise ConfigurationRefusedError("firewall has a command on something other than table inet nsmaas")

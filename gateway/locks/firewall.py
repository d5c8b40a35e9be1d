"""nftables: our one table, changed in whole transactions and then read back."""

import hashlib
import ipaddress
import json
from collections.abc import Iterable

from gateway.locks.firewall_table import MARKING, TABLE
from gateway.locks.host_tools import ToolRefused, run_tool

SET = f"{TABLE} sensors"
FEW = 4
# The kernel's ENOENT, in the C locale. It is the same for a missing table, and then nothing is open either.
ABSENT = "No such file or directory"
# Numbers that change by themselves or at each load say nothing about the rules.
PASSING = frozenset({"handle", "packets", "bytes", "index"})


class FirewallRefused(Exception):
    """nft said no; its own words, shortened."""


def _nft(*arguments: str, text: str | None = None) -> str:
    try:
        return run_tool("nft", *arguments, text=text)
    except ToolRefused as error:
        raise FirewallRefused(str(error)) from error


def apply_firewall(text: str, addresses: Iterable[str]) -> None:
    """Replaces the whole table, as `firewall_table` made it, in one transaction after a dry run: there is no moment
    without rules."""
    whole = text + _add(addresses)
    _nft("-c", "-f", "-", text=whole)
    _nft("-f", "-", text=whole)


def change_addresses(*, added: Iterable[str], removed: Iterable[str]) -> None:
    """`add` before `delete` makes a deletion of something absent succeed, in the same transaction."""
    gone = list(removed)
    text = _add(gone) + (f"delete element {SET} {{ {', '.join(gone)} }}\n" if gone else "") + _add(added)
    if text:
        _nft("-f", "-", text=text)


def _add(addresses: Iterable[str]) -> str:
    listed = ", ".join(sorted(addresses))
    return f"add element {SET} {{ {listed} }}\n" if listed else ""


def read_addresses() -> frozenset[str]:
    """What the kernel holds now."""
    return frozenset(parse_set(_nft("-j", "list", "set", *SET.split())))


def read_addresses_again(known: frozenset[str], changed: frozenset[str]) -> frozenset[str]:
    """As `read_addresses`, but of a few changes it asks for those only: a cut does not wait for the rest."""
    if len(changed) > FEW:
        return read_addresses()
    present = frozenset(address for address in changed if _is_open(address))
    return (known - changed) | present


def _is_open(address: str) -> bool:
    try:
        _nft("get", "element", *SET.split(), f"{{ {address} }}")
    except FirewallRefused as error:
        if ABSENT in str(error):
            return False
        raise
    return True


def parse_set(output: str) -> list[str]:
    """Raises FirewallRefused for elements that are not single IPv4 addresses."""
    try:
        [found] = [item["set"] for item in json.loads(output)["nftables"] if "set" in item]
        elements = [item["elem"]["val"] if isinstance(item, dict) else item for item in found.get("elem", [])]
        return [str(ipaddress.IPv4Address(element)) for element in elements]
    except (ValueError, KeyError, TypeError) as error:
        raise FirewallRefused("the set of sensors cannot be read") from error


def read_fingerprint() -> str:
    """A hash of the rules as the kernel holds them, without the addresses and counters."""
    return fingerprint(_nft("-j", "list", "table", *TABLE.split()))


def read_quick_fingerprint() -> str:
    """The same without what is in any set: its cost does not grow with the number of sensors."""
    return fingerprint(_nft("-t", "-j", "list", "table", *TABLE.split()))


def table_stands() -> bool:
    """Whether a table of ours is there that lets the routing rules be passed. Raises FirewallRefused."""
    try:
        return bool(_nft("list", "chain", *TABLE.split(), MARKING))
    except FirewallRefused as error:
        if ABSENT in str(error):
            return False
        raise


def fingerprint(output: str) -> str:
    try:
        document = _without_passing(json.loads(output))
    except ValueError as error:
        raise FirewallRefused("the table cannot be read") from error
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _without_passing(value: object) -> object:
    if isinstance(value, dict):
        passing = PASSING | {"elem"} if value.get("name") == "sensors" else PASSING
        return {key: _without_passing(item) for key, item in value.items() if key not in passing}
    if isinstance(value, list):
        return [_without_passing(item) for item in value]
    return value

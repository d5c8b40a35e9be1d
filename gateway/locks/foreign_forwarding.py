"""Rules of others that drop what this host forwards: ours accept for themselves alone, the strictest one decides."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gateway.locks.firewall_table import TABLE
from gateway.locks.host_tools import ToolRefused, run_tool

LEGACY = Path("/proc/net/ip_tables_names")
FAMILIES = frozenset({"ip", "inet"})
Item = dict[str, Any]


def find_foreign_drops(tunnels: Iterable[str]) -> list[str]:
    """Each in words, with how to mend it. Raises ToolRefused."""
    listed = run_tool("nft", "-t", "-j", "list", "ruleset")
    return [drop for tunnel in tunnels for drop in (*read_drops(listed, tunnel), *_legacy_drops(tunnel))]


def read_drops(output: str, tunnel: str) -> Iterator[str]:
    """From nft's list of all rules, of which those of iptables-nft are a part. Raises ToolRefused."""
    try:
        items = [item for item in json.loads(output)["nftables"] if isinstance(item, dict)]
        chains = [item["chain"] for item in items if "chain" in item]
        rules = [item["rule"] for item in items if "rule" in item]
        for chain in chains:
            if chain.get("hook") == "forward" and chain["family"] in FAMILIES and _table_of(chain) != TABLE:
                yield from _judge(chain, [rule for rule in rules if _table_of(rule) == _table_of(chain)], tunnel)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolRefused("the rules of this host cannot be read") from error


def _table_of(item: Item) -> str:
    return f"{item['family']} {item['table']}"


def _judge(chain: Item, rules: list[Item], tunnel: str) -> Iterator[str]:
    """A chain that drops by its policy or by its last word, in a table that says nothing of the tunnel."""
    own = [rule for rule in rules if rule["chain"] == chain["name"]]
    if chain.get("policy") != "drop" and not any(_refuses_all(rule["expr"]) for rule in own):
        return
    missing = [key for key in ("iifname", "oifname") if not any(_lets(tunnel, rule["expr"], key) for rule in rules)]
    if missing:
        where = f"{_table_of(chain)} {chain['name']}"
        mend = "; ".join(f'nft insert rule {where} {key} "{tunnel}" accept' for key in missing)
        yield f"the chain {where} of somebody else drops what goes through {tunnel}; mend it there: {mend}"


def _refuses_all(expressions: Iterable[Item]) -> bool:
    names = [name for expression in expressions for name in expression if name not in ("counter", "log", "comment")]
    return names in (["drop"], ["reject"])


def _lets(tunnel: str, expressions: Iterable[Item], key: str) -> bool:
    listed = list(expressions)
    named = any(
        expression.get("match", {}).get("left") == {"meta": {"key": key}}
        and expression["match"]["op"] == "=="
        and expression["match"]["right"] == tunnel
        for expression in listed
    )
    return named and any("accept" in expression for expression in listed)


def _legacy_drops(tunnel: str) -> Iterator[str]:
    """The kernel's older tables, which nft does not list; where they are in use, their program is there."""
    try:
        in_use = "filter" in LEGACY.read_text().split()
    except OSError:
        return
    if not in_use:
        return
    said = run_tool("iptables-legacy", "-S").splitlines()
    for option, key in (("-i", "incoming"), ("-o", "outgoing")):
        let = any(f"{option} {tunnel} " in line and line.endswith("-j ACCEPT") for line in said)
        if "-P FORWARD DROP" in said and not let:
            mend = f"iptables-legacy -I FORWARD {option} {tunnel} -j ACCEPT"
            yield f"iptables-legacy drops what is forwarded ({key} {tunnel}); mend it there: {mend}"

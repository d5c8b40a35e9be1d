"""Rules of the kernel's routing (ip-rule(8)) by which this host is closed while our nft table is not there.

`nft flush ruleset` takes every table of nft's away; these rules it does not know. Two things they say: what comes out
of a tunnel never goes back into one; and nothing is forwarded that does not bear the mark which our table alone sets,
on all that comes in. So a table that is gone closes the host, instead of opening it.

What this host itself sends ("iif lo"), and what is for the host itself (the table "local", which the kernel asks
first), is never met by them.
"""

import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from gateway.locks.host_tools import ToolRefused, run_tool
from gateway.locks.other_forwarding import ANY, TUNNELS, Way

# One bit, of those that container networks and other VPNs are not known to use.
MARK = 0x1000
MARKED = f"fwmark {MARK:#x}/{MARK:#x}"
# Before everybody else's: the first rule that knows a way decides. The kernel's own "local" is 0.
FIRST, LAST = 10, 19
# Without it the kernel looks for a packet's way back as if the packet bore no mark, finds none, and drops it.
MARKS_COUNT = Path("/proc/sys/net/ipv4/conf/all/src_valid_mark")
IPV6 = Path("/proc/sys/net/ipv6")
ABSENT_HERE = frozenset({"protocol", "iif_detached", "priority", "src"})


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """`family` is 4 or 6, `words` as ip(8) takes them."""

    family: int
    preference: int
    words: str

    def __str__(self) -> str:
        return f"ip -{self.family} rule add pref {self.preference} {self.words} protocol kernel"


def wanted_rules(*, underlay: IPv4Network | None, others: Iterable[Way] = ()) -> frozenset[Rule]:
    """The underlay is not known before the portal has told; then nothing at all leaves the tunnel without the mark.

    Blackhole, not prohibit: a connection that meets the second until a lost table is back goes on afterwards.
    """
    all_else_is_the_hosts_business = Way(ANY, ANY) in tuple(others)
    rules = {Rule(6, FIRST, f"iif {tunnel} blackhole") for tunnel in TUNNELS}
    if underlay is not None:
        rules |= {Rule(4, FIRST, f"to {underlay} iif {tunnel} blackhole") for tunnel in TUNNELS}
    for family in (4, 6):
        rules |= {Rule(family, 11, f"{MARKED} goto {LAST}"), Rule(family, LAST, "nop")}
        if not all_else_is_the_hosts_business:
            rules.add(Rule(family, 12, "not iif lo blackhole"))
    if all_else_is_the_hosts_business:
        rules |= {Rule(4, 12, f"iif {tunnel} blackhole") for tunnel in TUNNELS}
        if underlay is not None:
            rules |= {Rule(4, 13, f"iif lo goto {LAST}"), Rule(4, 14, f"to {underlay} blackhole")}
    return frozenset(rule for rule in rules if rule.family == 4 or IPV6.exists())


def read_rules() -> frozenset[Rule]:
    """All of this host's, others' too. Raises ToolRefused."""
    families = (4, 6) if IPV6.exists() else (4,)
    return frozenset(rule for family in families for rule in parse_rules(family, _ip(family, "-j", "rule", "show")))


def parse_rules(family: int, output: str) -> list[Rule]:
    """Raises ToolRefused for what is no list of rules."""
    try:
        return [Rule(family, int(item["priority"]), _words(item)) for item in json.loads(output or "[]")]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ToolRefused("the routing rules cannot be read") from error


def put_rules_in_place(wanted: frozenset[Rule]) -> None:
    """Adds what is missing, and only then takes away what was ours before. Raises ToolRefused."""
    _let_marks_count()
    present = read_rules()
    missing, outdated = wanted - present, {rule for rule in present if _is_in_our_range(rule)} - wanted
    if not missing and not outdated:
        return
    said = ""
    for family in (4, 6):
        # The last first: it is where the others lead to.
        lines = [_command("add", rule) for rule in sorted(missing, reverse=True) if rule.family == family]
        lines += [_command("del", rule) for rule in sorted(outdated) if rule.family == family]
        try:
            if lines:
                _ip(family, "-force", "-batch", "-", text="\n".join(lines) + "\n")
        except ToolRefused as error:
            # Two may do this at once; what counts is what is there afterwards.
            said = str(error)
    if left := wanted - read_rules():
        raise ToolRefused(f"routing rules are missing ({min(left).words}): {said}")


def find_gaps(wanted: frozenset[Rule]) -> list[str]:
    """In words, each with how to mend it; nothing when all rules stand and count. Raises ToolRefused."""
    present = read_rules()
    gaps = [f"routing rule missing; mend it: {rule}" for rule in sorted(wanted - present)]
    gaps += [
        f"a rule of somebody else comes before ours: {rule.preference}: {rule.words}; give it a number above {LAST}"
        for rule in sorted(present)
        if 0 < rule.preference < FIRST
    ]
    if not _marks_count():
        gaps.append(
            "marks do not count, so nothing is forwarded; mend it: sysctl -w net.ipv4.conf.all.src_valid_mark=1"
        )
    return gaps


def _words(item: dict[str, object]) -> str:
    """The rule in the words and the order of `wanted_rules`; a member that is not known makes another rule of it."""
    left = {name: value for name, value in item.items() if name not in ABSENT_HERE}
    words = []
    if "not" in left:
        left.pop("not")
        words.append("not")
    if item["src"] != "all":
        words.append(f"from {item['src']}")
    if "dst" in left:
        words.append(f"to {left.pop('dst')}/{left.pop('dstlen', 32)}")
    if "iif" in left:
        words.append(f"iif {left.pop('iif')}")
    if "fwmark" in left:
        words.append(f"fwmark {left.pop('fwmark')}/{left.pop('fwmask', '0xffffffff')}")
    words += [f"{name} {value}" if value is not None else name for name, value in left.items() if name != "action"]
    if "action" in left:
        words.append(str(left["action"]))
    return " ".join(words)


def _is_in_our_range(rule: Rule) -> bool:
    return FIRST <= rule.preference <= LAST


def _command(verb: str, rule: Rule) -> str:
    # systemd-networkd may take away rules that it has not made, but for the kernel's own (networkd.conf(5),
    # ManageForeignRoutingPolicyRules).
    return f"rule {verb} pref {rule.preference} {rule.words}" + (" protocol kernel" if verb == "add" else "")


def _ip(family: int, *arguments: str, text: str | None = None) -> str:
    return run_tool("ip", f"-{family}", *arguments, text=text)


def _marks_count() -> bool:
    try:
        return MARKS_COUNT.read_text().strip() == "1"
    except OSError:
        return False


def _let_marks_count() -> None:
    """Under its unit the agent may not; `check` and the report say so then."""
    if not _marks_count():
        with contextlib.suppress(OSError):
            MARKS_COUNT.write_text("1\n")

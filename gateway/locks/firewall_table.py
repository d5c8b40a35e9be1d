"""The text of our nftables table (nft(8)). The portal sends facts, never a statement: every word of it is made here."""

from collections.abc import Iterable
from ipaddress import IPv4Network, collapse_addresses
from string import Template

from gateway.locks.other_forwarding import ANY, TUNNELS, Way
from gateway.locks.routing_rules import MARK

TABLE = "inet nsmaas"
MARKING = "table_stands"
# Each chain asks the set of sensors before anything lets a packet through: taking an address out ends what it was
# saying in the middle of a sentence. The underlay is IPv4 only.
#
# A host forwards from each interface to each other as soon as forwarding is on, and for the tunnel it must be on: so
# without a policy of drop, a machine next to the gateway could send into base's networks by way of it.
#
# What comes in and goes out at other interfaces for the host itself (input, output) is the host's own business.
#
# The mark says that this table stands (`routing_rules`), no more; the chain comes after those of others that set marks.
# Who looks for a packet's way back must do so with its mark.
_TEXT = Template("""\
table $table
delete table $table
table $table {
    set sensors {
        type ipv4_addr
    }
    set base {
        type ipv4_addr
        flags interval
$base
    }
    chain from_sensor {
        meta nfproto != ipv4 drop
        ip saddr != @sensors drop
        ip daddr @base accept
        ct state related accept
        drop
    }
    chain to_sensor {
        meta nfproto != ipv4 drop
        ip daddr != @sensors drop
        ct state related accept
        ip saddr != @base drop
        ct state established accept
        fib saddr . mark . iif oif missing drop comment "an address of base that does not come from there"
        accept
    }
    chain $marking {
        type filter hook prerouting priority 300; policy accept;
        meta mark set meta mark or $mark
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        iifname { $tunnels } oifname { $tunnels } drop
        iifname { $tunnels } jump from_sensor
        oifname { $tunnels } jump to_sensor
$others
    }
    chain input {
        type filter hook input priority filter; policy accept;
        iifname != { $tunnels } return
        meta nfproto != ipv4 drop
        ip saddr != @sensors drop
        ct state established,related accept
        icmp type echo-request accept
        drop
    }
    chain output {
        type filter hook output priority filter; policy accept;
        oifname != { $tunnels } return
        meta nfproto != ipv4 drop
        ip daddr != @sensors drop
    }
}
""")


def firewall_table(*, base_networks: Iterable[IPv4Network], others: Iterable[Way] = ()) -> str:
    """A whole file for `nft -f`, its set of sensors empty. What it holds of others' making is addresses and names of
    interfaces, both of one type each."""
    # One network inside another would be a conflict to nft, and the whole file would be refused.
    base = ", ".join(map(str, collapse_addresses(base_networks)))
    return _TEXT.substitute(
        table=TABLE,
        marking=MARKING,
        mark=f"{MARK:#x}",
        tunnels=", ".join(f'"{tunnel}"' for tunnel in TUNNELS),
        base=f"        elements = {{ {base} }}" if base else "",
        others="\n".join(f"        {rule}" for way in others for rule in _rules(way)),
    )


def _rules(way: Way) -> Iterable[str]:
    """Answers too go only where a line says so: a line taken out ends what it had let begin."""
    there = [_match("iifname", way.incoming), _match("oifname", way.outgoing), "accept"]
    back = [_match("iifname", way.outgoing), _match("oifname", way.incoming), "ct state established,related accept"]
    return (" ".join(filter(None, there)), " ".join(filter(None, back)))


def _match(what: str, interface: str) -> str:
    return "" if interface == ANY else f'{what} "{interface}"'

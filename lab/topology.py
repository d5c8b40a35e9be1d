"""The laboratory's map: an internet, the provider's base and gateway, two sites behind NAT, four sensors."""

from dataclasses import dataclass, field

from lab.namespaces import Namespace, Network

UNDERLAY = "10.88.0.0/16"
GATEWAY_PUBLIC = "198.51.100.1"
GATEWAY_INSIDE = "10.20.0.1"
BASE_PUBLIC = "198.51.100.10"
BASE_INSIDE = "10.20.0.10"
# Where gateways stand at base.
GATEWAYS = "10.20.0.0/24"
ROUTER_INSIDE = "192.168.10.1"
# Both sites use the same private network on purpose: nothing may rely on what a site calls its addresses.
SITES = {"site-a": "198.51.100.21", "site-b": "198.51.100.22"}
# A third place with a network connection, to which a thief could carry a box.
ELSEWHERE = "198.51.100.66"
SENSORS = {
    "a1": ("site-a", "192.168.10.11"),
    "a2": ("site-a", "192.168.10.12"),
    "b1": ("site-b", "192.168.10.11"),
    "b2": ("site-b", "192.168.10.12"),
}

MASQUERADE = """
table ip nat {
  chain leaving {
    type nat hook postrouting priority srcnat;
    oifname "eth0" masquerade
  }
}
table ip filter {
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname "br0" accept
    ct state established,related accept
  }
}
"""


@dataclass
class Topology:
    """The hosts, by what they are."""

    network: Network
    internet: Namespace
    gateway: Namespace
    base: Namespace
    routers: dict[str, Namespace] = field(default_factory=dict)
    sensors: dict[str, Namespace] = field(default_factory=dict)


def build_topology(network: Network) -> Topology:
    """Make all hosts and cables; the network's context manager removes them."""
    internet = network.add_host("net")
    internet.ip("link add br0 type bridge", "link set br0 up")
    topology = Topology(network, internet, network.add_host("gw"), network.add_host("base"))
    _build_base(topology)
    for site, public in {**SITES, "elsewhere": ELSEWHERE}.items():
        _build_router(topology, site, public)
    for sensor, (site, address) in SENSORS.items():
        topology.sensors[sensor] = network.add_host(sensor)
        _plug_sensor(topology, sensor, site, address)
    return topology


def _build_base(topology: Topology) -> None:
    network, gateway, base = topology.network, topology.gateway, topology.base
    _plug_into_internet(topology, gateway, "gw", GATEWAY_PUBLIC)
    _plug_into_internet(topology, base, "base", BASE_PUBLIC)
    network.join(gateway, "eth1", base, "eth1")
    gateway.ip(f"addr add {GATEWAY_INSIDE}/24 dev eth1")
    gateway.set_kernel_option("net/ipv4/ip_forward", "1")
    base.ip(f"addr add {BASE_INSIDE}/24 dev eth1", f"route add {UNDERLAY} via {GATEWAY_INSIDE}")


def _build_router(topology: Topology, site: str, public: str) -> None:
    router = topology.network.add_host(site)
    topology.routers[site] = router
    _plug_into_internet(topology, router, site, public)
    router.ip("link add br0 type bridge", f"addr add {ROUTER_INSIDE}/24 dev br0", "link set br0 up")
    router.set_kernel_option("net/ipv4/ip_forward", "1")
    router.run("nft", "-f", "-", given=MASQUERADE)


def _plug_into_internet(topology: Topology, host: Namespace, port: str, address: str) -> None:
    topology.network.plug(host, "eth0", topology.internet, bridge="br0", port=port)
    host.ip(f"addr add {address}/24 dev eth0")


def _plug_sensor(topology: Topology, sensor: str, site: str, address: str) -> None:
    host = topology.sensors[sensor]
    topology.network.plug(host, "eth0", topology.routers[site], bridge="br0", port=sensor)
    host.ip(f"addr add {address}/24 dev eth0", f"route add default via {ROUTER_INSIDE}")

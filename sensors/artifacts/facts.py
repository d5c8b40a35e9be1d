"""What the generated files are made from. Typed and frozen: an address is an address, a name cannot hold a line end."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from sensors.artifacts.rendering import UnsafeValue
from sensors.subjects import SUBJECT

_HOST = re.compile(r"\A[A-Za-z0-9]([A-Za-z0-9.:-]{0,228}[A-Za-z0-9])?\Z")
_LABEL = re.compile(r"\A[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class GatewayFacts:
    subject: str
    host: str
    port: int
    # None: by UDP alone.
    tcp_port: int | None
    network: IPv4Network
    base_networks: tuple[IPv4Network, ...]
    mssfix: int

    def __post_init__(self) -> None:
        if not SUBJECT.match(self.subject):
            raise UnsafeValue("the gateway's subject is not one of ours")
        if not _HOST.match(self.host):
            raise UnsafeValue("the gateway's host is neither a host name nor an address")
        if not 1 <= self.port <= 65535:
            raise UnsafeValue("the gateway's port is out of range")
        if self.tcp_port is not None and not 1 <= self.tcp_port <= 65535:
            raise UnsafeValue("the gateway's TCP port is out of range")
        if not 1000 <= self.mssfix <= 1500:
            raise UnsafeValue("the gateway's largest packet is out of range")


@dataclass(frozen=True, slots=True)
class SensorFacts:
    subject: str
    name: str
    address: IPv4Address
    gateway: GatewayFacts

    def __post_init__(self) -> None:
        if not SUBJECT.match(self.subject):
            raise UnsafeValue("the sensor's subject is not one of ours")
        if not _LABEL.match(self.name):
            raise UnsafeValue("the sensor's name is not a host name")
        if self.address not in self.gateway.network:
            raise UnsafeValue("the sensor's address is not in its gateway's underlay")

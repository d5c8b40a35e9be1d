"""A gateway whose boxes ask for their keys from base: the real agent, beside an OpenVPN that is played to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from bench.enrolled_boxes import Box
from bench.people_and_places import ACTOR, PUBLIC_ADDRESS
from bench.stand_in_openvpn import StandInOpenvpn
from lab.gateway import GatewayHost
from lab.laboratory import Laboratory
from lab.topology import BASE_PUBLIC
from lab.waiting import wait_until
from sensors.models import Gateway, Session
from sensors.operations.issue_enrolment_code import issue_gateway_code

INSIDE, BASE = "10.20.9.1", "10.20.9.10"


@contextmanager
def key_gateway(lab: Laboratory, gateway: Gateway, boxes: Sequence[Box]) -> Iterator[None]:
    """Enrolled and running, with all boxes connected, until the end of the block."""
    host = lab.topology.network.add_host("key-gw")
    lab.topology.network.join(lab.host("base"), "keygw", host, "eth1")
    lab.host("base").ip(f"addr add {BASE}/24 dev keygw")
    host.ip(f"addr add {INSIDE}/24 dev eth1", f"route add default via {BASE}")
    own = GatewayHost(
        host=host,
        directory=lab.directory.subdirectory("key-gateway", mode=0o755),
        processes=lab.processes,
        portal_url=f"https://{BASE_PUBLIC}",
        ca_file=lab.certificates / "ca.crt",
    )
    own.enrol(issue_gateway_code(gateway=gateway, issued_by=ACTOR))
    openvpn = StandInOpenvpn(own.directory / "management.sock", boxes, PUBLIC_ADDRESS)
    try:
        own.start_agent()
        wait_until(partial(_are_known, gateway, boxes), what="the agent to report all boxes", timeout=60)
        yield
    finally:
        own.stop_agent()
        openvpn.close()


def _are_known(gateway: Gateway, boxes: Sequence[Box]) -> bool:
    return Session.objects.current().filter(gateway=gateway).count() == len(boxes)

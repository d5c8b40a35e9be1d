"""A gateway whose boxes ask for their keys from base: the real agent, beside an OpenVPN that is played to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count

from bench.enrolled_boxes import Box
from bench.people_and_places import ACTOR, PUBLIC_ADDRESS
from bench.stand_in_openvpn import StandInOpenvpn
from lab.gateway import GatewayHost
from lab.laboratory import Laboratory
from lab.topology import BASE_PUBLIC
from lab.waiting import wait_until
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code
from sensors.models import Gateway, Session

# Each has a cable and a network of its own to base.
_NUMBERS = count(9)


@contextmanager
def key_gateway(lab: Laboratory, gateway: Gateway, boxes: Sequence[Box]) -> Iterator[None]:
    """Enrolled and running, with all boxes connected, until the end of the block."""
    number = next(_NUMBERS)
    name, base = f"key-gw-{number}", f"10.20.{number}.10"
    host = lab.topology.network.add_host(name)
    lab.topology.network.join(lab.host("base"), name, host, "eth1")
    lab.host("base").ip(f"addr add {base}/24 dev {name}")
    host.ip(f"addr add 10.20.{number}.1/24 dev eth1", f"route add default via {base}")
    own = GatewayHost(
        host=host,
        directory=lab.directory.subdirectory(name, mode=0o755),
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

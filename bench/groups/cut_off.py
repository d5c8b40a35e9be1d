"""From a report's POST to the box's session gone, with real OpenVPN, and what the other boxes notice of it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.key_clients import asking
from bench.laboratory import PEOPLE_PORT, answer_locally, bench_laboratory, keys_held
from bench.rows import Row, percentile
from bench.run import Run
from bench.tunnel_witness import TunnelWitness, tunnel_witness
from lab.laboratory import Laboratory
from lab.topology import BASE_INSIDE, GATEWAY_PUBLIC
from lab.waiting import wait_until

if TYPE_CHECKING:
    from bench.crowd import Crowd
    from bench.enrolled_boxes import Box
    from bench.people_client import PeopleClient
    from sensors.models import Gateway

KEY_NETWORK = "10.99.0.0/16"


@dataclass(frozen=True)
class Cut:
    """In milliseconds from the POST's start."""

    gone: float
    answered: float


def measure(run: Run) -> Iterator[Row]:
    """Half of the boxes are reported while nothing else happens, more of them while others ask for disk keys."""
    with bench_laboratory(run) as lab:
        lab.start_gateway()
        from bench.crowd import Crowd
        from bench.enrolled_boxes import enrol_boxes
        from bench.people_and_places import make_contact, make_sites
        from bench.people_client import PeopleClient
        from sensors.models import Gateway

        sites = make_sites(customers=run.size(10, 2), sites_each=1)
        password = secrets.token_urlsafe(24)
        person = make_contact("carla@customer.example", sites, password)
        gateway = Gateway.objects.get(subject=lab.fleet.gateway.subject)
        crowd = Crowd(lab, enrol_boxes(gateway=gateway, sites=sites, count=run.size(100, 6)))
        client = PeopleClient(email=person.email, password=password, port=PEOPLE_PORT)
        quiet, loaded = run.size(50, 2), run.size(40, 2)
        with tunnel_witness(
            base=lab.host("base"), boxes=crowd.host, gateway=GATEWAY_PUBLIC, port=gateway.port
        ) as witness:
            cuts = _report_all(crowd, crowd.boxes[:quiet], client, witness)
            yield from _rows(crowd, cuts, quiet)
            crowd.check_all_run()
            yield _under_load(lab, run, crowd, crowd.boxes[quiet : quiet + loaded], client, witness)
            crowd.check_all_run()


def _rows(crowd: "Crowd", cuts: list[Cut], quiet: int) -> Iterator[Row]:
    gone = [cut.gone for cut in cuts]
    facts: dict[str, object] = {
        "openvpn_clients": len(crowd.boxes),
        "answer_median_ms": round(percentile([cut.answered for cut in cuts], 50), 1),
        "slowest_ms": round(max(gone), 1),
    }
    yield Row("cut_off.median_ms", percentile(gone, 50), "ms", len(gone), facts)
    yield Row("cut_off.p99_ms", percentile(gone, 99), "ms", len(gone), facts)
    others = len(crowd.boxes) - quiet
    dropped = crowd.dropped({box.sensor.subject for box in crowd.boxes[:quiet]})
    yield Row("cut_off.others_dropped", len(dropped), "sessions", others, facts)


def _under_load(
    lab: Laboratory, run: Run, crowd: "Crowd", boxes: "list[Box]", client: "PeopleClient", witness: TunnelWitness
) -> Row:
    from bench.key_gateway import key_gateway

    answer_locally(lab.host("base"), KEY_NETWORK)
    gateway, askers = _key_boxes(run.size(32, 2))
    folder = lab.directory.subdirectory("askers", mode=0o700)
    clients = [box.as_key_client(folder) for box in askers]
    url = f"https://{BASE_INSIDE}:8443/v1/disk-key"
    with (
        key_gateway(lab, gateway, askers),
        asking(lab.host("base"), clients, url, seconds=80) as load,
    ):
        cuts = _report_all(crowd, boxes, client, witness)
        load.stop()
        asked = load.wait()
    # Nobody else has asked for one.
    if asked.failed or asked.refused > keys_held(lab):
        raise RuntimeError(f"{asked.failed} requests for keys failed during the reports, {asked.refused} were refused")
    gone = [cut.gone for cut in cuts]
    facts: dict[str, object] = {
        "openvpn_clients": len(crowd.boxes),
        "key_clients": len(clients),
        "keys_per_second": round(asked.per_second),
        "median_ms": round(percentile(gone, 50), 1),
        "others_dropped": len(crowd.dropped({box.sensor.subject for box in crowd.boxes if box.was_reported()})),
    }
    return Row("cut_off.p99_ms_under_load", percentile(gone, 99), "ms", len(gone), facts)


def _key_boxes(count: int) -> "tuple[Gateway, list[Box]]":
    """Boxes of another gateway, which is played by us, so that they can ask from where they should be."""
    from bench.enrolled_boxes import enrol_boxes
    from bench.people_and_places import make_gateway
    from tenants.models import Site

    gateway = make_gateway(network=KEY_NETWORK)
    sites = list(Site.objects.filter(name="Site 0"))
    return gateway, enrol_boxes(gateway=gateway, sites=sites, count=count, prefix="asker")


def _report_all(crowd: "Crowd", boxes: "list[Box]", client: "PeopleClient", witness: TunnelWitness) -> list[Cut]:
    return [report_cut(crowd, box, client, witness) for box in boxes]


def report_cut(crowd: "Crowd", box: "Box", client: "PeopleClient", witness: TunnelWitness) -> Cut:
    """Two witnesses must agree: nothing comes out of the tunnel any more, and OpenVPN's log names the end."""
    port = crowd.port_of(box)
    witness.probe(box.sensor.address, port)
    reported = client.report(box.sensor)
    wait_until(
        lambda: witness.is_silent(port) and crowd.is_gone(box),
        what=f"the session of {box.sensor.subject} to be gone",
        timeout=60,
        interval=0.02,
    )
    gone = max(witness.last_seen(port), reported.began)
    return Cut((gone - reported.began) * 1000, (reported.answered - reported.began) * 1000)

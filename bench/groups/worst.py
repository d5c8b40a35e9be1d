"""What one certificate in wrong hands does to cut-offs: a gateway that asks without end, a box that does all it may.

Compared with cut-offs of the same minutes that nobody disturbs, as a ratio: the machine is busy in any case.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from bench.groups.cut_off import report_cut
from bench.insisting import Call, Insisting, insisting
from bench.laboratory import PEOPLE_PORT, bench_laboratory
from bench.rows import Row, percentile
from bench.run import Run
from bench.tunnel_witness import TunnelWitness, tunnel_witness
from lab.laboratory import GATEWAYS_PORT, Laboratory
from lab.topology import GATEWAY_PUBLIC

if TYPE_CHECKING:
    from bench.crowd import Crowd
    from bench.enrolled_boxes import Box
    from bench.people_client import PeopleClient

POLLS_A_SECOND = 500
# Two are good at a time; those before them are revoked, and told to the gateway with the cut.
RENEWALS = 4


def measure(run: Run) -> Iterator[Row]:
    """Cut-offs in turn: undisturbed, beside the gateway, of the box that insists, of another box beside it."""
    with bench_laboratory(run, machine_rate_factor=1) as lab:
        lab.start_gateway()
        from bench.crowd import Crowd
        from bench.enrolled_boxes import enrol_boxes
        from bench.people_and_places import make_contact, make_sites
        from bench.people_client import PeopleClient
        from sensors.models import Gateway

        rounds = run.size(12, 1)
        sites = make_sites(customers=4, sites_each=1)
        password = secrets.token_urlsafe(24)
        person = make_contact("carla@customer.example", sites, password)
        gateway = Gateway.objects.get(subject=lab.fleet.gateway.subject)
        boxes = enrol_boxes(gateway=gateway, sites=sites, count=4 * rounds + 2)
        _renew(boxes[: rounds + 1])
        crowd = Crowd(lab, boxes)
        client = PeopleClient(email=person.email, password=password, port=PEOPLE_PORT)
        with tunnel_witness(
            base=lab.host("base"), boxes=crowd.host, gateway=GATEWAY_PUBLIC, port=gateway.port
        ) as witness:
            yield from _Worst(lab, crowd, client, witness, rounds).rows()


class _Worst:
    def __init__(
        self, lab: Laboratory, crowd: "Crowd", client: "PeopleClient", witness: TunnelWitness, rounds: int
    ) -> None:
        self.lab, self.crowd, self.client, self.witness, self.rounds = lab, crowd, client, witness, rounds
        self.folder = lab.directory.subdirectory("insisting", mode=0o700)
        # The first ones have renewed as often as they may: the one that stays, and those that are reported themselves.
        self.insistent, *rest = crowd.boxes
        self.own = rest[:rounds]
        self.others = rest[rounds:]

    def rows(self) -> Iterator[Row]:
        times: dict[str, list[float]] = {"undisturbed": [], "polls": [], "own": [], "other": []}
        rogue, polls = self._rogue_pem(), list[Insisting]()
        for box in self.own:
            times["undisturbed"].append(self._cut(self.others.pop()))
            with insisting(self.lab.host("base"), rogue, _polls()) as found:
                times["polls"].append(self._cut(self.others.pop()))
                time.sleep(1.5)  # so that there is a whole second in which what it was answered is counted
            polls.append(found)
            times["own"].append(self._cut(box, self._calls_of(box)))
            times["other"].append(self._cut(self.others.pop(), self._calls_of(self.insistent)))
        normal = percentile(times["undisturbed"], 50)
        facts: dict[str, object] = {
            "undisturbed_median_ms": round(normal, 1),
            "undisturbed_p99_ms": round(percentile(times["undisturbed"], 99), 1),
            "openvpn_clients": len(self.crowd.boxes),
        }
        yield Row(
            "worst.cut_p99_ms_beside_polls", percentile(times["polls"], 99), "ms", self.rounds,
            facts | {
                "median_ms": round(percentile(times["polls"], 50), 1),
                "polls_per_second": round(sum(one.per_second for one in polls) / len(polls)),
                "answers": dict(sum((one.answered for one in polls), start=type(polls[0].answered)())),
            },
        )  # fmt: skip
        for name in ("own", "other"):
            median = percentile(times[name], 50)
            yield Row(
                f"worst.cut_{name}_ratio", median / normal, "of undisturbed", self.rounds,
                facts | {"median_ms": round(median, 1), "p99_ms": round(percentile(times[name], 99), 1)},
            )  # fmt: skip

    def _cut(self, box: "Box", beside: AbstractContextManager[object] | None = None) -> float:
        with beside or nullcontext():
            return report_cut(self.crowd, box, self.client, self.witness).gone

    def _calls_of(self, box: "Box") -> AbstractContextManager[Insisting]:
        """All that a box's certificate may call, each several times faster than it may."""
        calls = [
            Call("POST", "/v1/disk-key", per_second=20, connections=2),
            Call("POST", "/v1/heartbeat", per_second=20, connections=2, body='{"disk": "open", "kit_version": "1"}'),
            Call("POST", "/v1/certificate", per_second=20, connections=2, body='{"csr": "", "proof": ""}'),
        ]
        return insisting(self.lab.host("base"), box.as_key_client(self.folder).pem, calls)

    def _rogue_pem(self) -> Path:
        """Of a gateway that has no sensors."""
        from bench.csrs import key_to_pem, make_csr, make_key
        from bench.people_and_places import ACTOR, PUBLIC_ADDRESS, make_gateway
        from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code
        from sensors.enrolment.operations.request_enrolment import request_enrolment
        from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
        from sensors.models import CertificateRequest

        gateway, key = make_gateway(network="10.97.0.0/16", name="gateway-rogue"), make_key()
        code = issue_gateway_code(gateway=gateway, issued_by=ACTOR)
        request = request_enrolment(code=code, csr=make_csr(key), source=PUBLIC_ADDRESS)
        sign_waiting_certificates()
        signed = CertificateRequest.objects.get(pk=request.pk).certificate
        if signed is None:
            raise RuntimeError("the rogue gateway was not signed")
        pem = self.folder / "rogue.pem"
        pem.touch(mode=0o600)
        pem.write_text(signed.pem + key_to_pem(key))
        return pem


def _polls() -> list[Call]:
    path = "/v1/gateway/state?since=0&wait=60"
    return [Call("GET", path, per_second=POLLS_A_SECOND, connections=100, port=GATEWAYS_PORT)]


def _renew(boxes: "list[Box]") -> None:
    """As often as a box may within a day: what the signer would leave if each were in the last third of its life."""
    from django.utils import timezone

    from bench.csrs import make_csr, make_key
    from pki.authority.operations.issue_certificate import issue_certificate
    from pki.authority.operations.revoke_superseded import revoke_superseded
    from pki.authority.signers import configured_signer
    from pki.authority.x509 import Profile, check_csr
    from pki.models import Authority

    authority, signer = Authority.objects.current(), configured_signer()
    for box in boxes:
        subject, present = box.sensor.subject, box.request.certificate_id
        for _ in range(RENEWALS):
            revoke_superseded(subject=subject, keep=[present] if present else [], now=timezone.now())
            csr = check_csr(make_csr(make_key()))
            issue_certificate(
                authority=authority, profile=Profile.SENSOR, subject=subject, csr=csr, signer=signer, now=timezone.now()
            )

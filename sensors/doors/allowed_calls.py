"""The machines' door: every call there is, and which kind of machine may make it. What is not here is refused."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from sensors.artifacts import machines as artifacts
from sensors.cases import machines as cases
from sensors.enrolment import machines as enrolment
from sensors.fleet import machines as fleet
from sensors.gateways import machines as gateways
from sensors.keys.machines.disk_key import disk_key
from sensors.keys.machines.session_questions import session_questions
from sensors.machines.identify import Caller
from sensors.machines.rates import Rate

MachineView = Callable[[HttpRequest, Caller], HttpResponse]


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    kind: str
    view: MachineView
    rate: Rate
    # A revoked certificate's request for a key goes on to the decision, which refuses it and notes the sighting.
    revoked_is_heard: bool = False


ALLOWED_CALLS: dict[str, Call] = {
    # A box that is held asks again each second, or more rarely.
    "v1/disk-key": Call("POST", "sensor", disk_key, Rate(30, 60), revoked_is_heard=True),
    "v1/heartbeat": Call("POST", "sensor", fleet.heartbeat, Rate(10, 6)),
    # Until the signer has signed, a box asks again each second.
    "v1/certificate": Call("POST", "sensor", enrolment.certificate, Rate(30, 30)),
    # Once a day; and while a box tries new ones, until base has answered over them.
    "v1/settings": Call("GET", "sensor", artifacts.box_settings, Rate(30, 6)),
    "v1/gateway/tls-crypt-v2-key": Call("GET", "gateway", gateways.tls_crypt_v2_key, Rate(10, 6)),
    # One for each change, and one for each report of a change: a hundred cut-offs in a minute are no reason to wait.
    "v1/gateway/state": Call("GET", "gateway", gateways.state, Rate(200, 1200)),
    "v1/gateway/session-questions": Call("POST", "gateway", session_questions, Rate(400, 3600)),
    "v1/gateway/certificate": Call("POST", "gateway", gateways.certificate, Rate(30, 30)),
    # After a restoration alone, in a few parts.
    "v1/gateway/revoked-serials": Call("POST", "gateway", gateways.revoked_serials, Rate(30, 60)),
    "v1/gateway/observed": Call("POST", "gateway", cases.observed, Rate(200, 1200)),
}

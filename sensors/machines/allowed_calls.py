"""The machines' door: every call there is, and which kind of machine may make it. What is not here is refused."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from sensors.machines import gateway_calls, sensor_calls
from sensors.machines.identify import Caller

MachineView = Callable[[HttpRequest, Caller], HttpResponse]


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    kind: str
    view: MachineView
    # A revoked certificate's request for a key goes on to the decision, which refuses it and notes the sighting.
    revoked_is_heard: bool = False


ALLOWED_CALLS: dict[str, Call] = {
    "v1/disk-key": Call("POST", "sensor", sensor_calls.disk_key, revoked_is_heard=True),
    "v1/heartbeat": Call("POST", "sensor", sensor_calls.heartbeat),
    "v1/certificate": Call("POST", "sensor", sensor_calls.certificate),
    "v1/gateway/tls-crypt-v2-key": Call("GET", "gateway", gateway_calls.tls_crypt_v2_key),
    "v1/gateway/state": Call("GET", "gateway", gateway_calls.state),
    "v1/gateway/session-questions": Call("POST", "gateway", gateway_calls.session_questions),
    "v1/gateway/observed": Call("POST", "gateway", gateway_calls.observed),
}

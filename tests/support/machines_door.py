"""The machines' door as its own process has it, and machines that stand in front of it."""

import json
import runpy
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

import portal
from pki.models import Certificate
from sensors.doors import machines_door as door
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.keys.confirmed_sessions import ConfirmedSession
from sensors.keys.session_confirmations import SessionConfirmations
from sensors.machines.rates import Rates
from tests.support.fleet import ACTOR, new_csr, session_as_reported

# Written out: were it read from the code, a call that somebody adds would be tested by nobody's decision.
SENSOR_CALLS = [
    ("POST", "/v1/disk-key"),
    ("POST", "/v1/heartbeat"),
    ("POST", "/v1/certificate"),
    ("GET", "/v1/settings"),
]
GATEWAY_CALLS = [
    ("GET", "/v1/gateway/tls-crypt-v2-key"),
    ("GET", "/v1/gateway/state"),
    ("POST", "/v1/gateway/session-questions"),
    ("POST", "/v1/gateway/certificate"),
    ("POST", "/v1/gateway/revoked-serials"),
    ("POST", "/v1/gateway/observed"),
]
ALL_CALLS = SENSOR_CALLS + GATEWAY_CALLS


@cache
def settings_of(process: str, state: Path) -> dict[str, Any]:
    """The settings that a process of that kind starts with, without the secrets of this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NSMAAS_PROCESS", process)
        patch.setenv("NSMAAS_STATE_DIR", str(state))
        return runpy.run_path(str(Path(portal.__file__).parent / "settings.py"))


def open_machines_door(settings: Any, folder: Path) -> None:
    """From here on a new Client talks to the machines' door."""
    there = settings_of("machines", folder)
    for name in ("ROOT_URLCONF", "MIDDLEWARE", "DATA_UPLOAD_MAX_MEMORY_SIZE"):
        setattr(settings, name, there[name])


def answer_as_reported(patch: pytest.MonkeyPatch) -> None:
    """The gateway's agent answers at once, with the sessions that the test has reported."""

    def confirm(_self: SessionConfirmations, *, gateway: object, subject: str) -> tuple[bool, ConfirmedSession | None]:
        return True, session_as_reported(subject)

    patch.setattr(SessionConfirmations, "confirm", confirm)


def let_ask_without_end(patch: pytest.MonkeyPatch) -> None:
    """As many calls as a race needs, which is more than any machine may make."""
    patch.setattr(door, "_RATES", Rates(factor=1000))


@dataclass(frozen=True)
class Machine:
    """What reaches the portal when a machine calls: nginx hands its certificate and its address on."""

    header: str | None  # the certificate, escaped as nginx does; None for no header at all
    address: str | None
    connection_time: str | None = "0.005"  # in seconds

    @classmethod
    def with_certificate(cls, certificate: Certificate, address: str) -> "Machine":
        return cls(quote(certificate.pem), address)

    def at(self, address: str | None) -> "Machine":
        return Machine(self.header, address)

    def headers(self) -> dict[str, str]:
        named = {
            "X-Client-Certificate": self.header,
            "X-Real-IP": self.address,
            "X-Connection-Time": self.connection_time,
            "X-Passed-On-At": f"{time.time():.3f}",
        }
        return {name: value for name, value in named.items() if value is not None}

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, extra: dict[str, str] | None = None
    ) -> Any:
        """`body` becomes JSON; `raw` is sent as it is. No exception is raised: what a machine sees is the answer."""
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        client = Client(raise_request_exception=False)
        return client.generic(
            method, path, data, content_type="application/json", headers=self.headers() | (extra or {})
        )

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, *, raw: bytes | None = None) -> Any:
        return self.call("POST", path, body, raw=raw)


def reason_of(response: Any) -> tuple[int, str]:
    """The status and the stable reason of a refusal, which must have the form of one."""
    assert response["Content-Type"] == "application/problem+json", response.content[:300]
    body = response.json()
    assert body["status"] == response.status_code
    assert body["detail"]
    return response.status_code, body["reason"]


def second_gateway() -> Machine:
    gateway = register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.89.0.0/16", base_networks=[], registered_by=ACTOR
    )
    code = issue_gateway_code(gateway=gateway, issued_by=ACTOR)
    request_enrolment(code=code, csr=new_csr(), source="198.51.100.2")
    sign_waiting_certificates()
    certificate = Certificate.objects.of_subject(gateway.subject).get()
    return Machine.with_certificate(certificate, "10.20.0.2")


def body_of_report(sequence: int = 1, **parts: Any) -> dict[str, Any]:
    sessions = {"full": False, "up": parts.pop("up", []), "down": parts.pop("down", [])}
    empty: dict[str, Any] = {"generation": 1, "cuts": [], "sightings": [], "problems": []}
    versions = {"agent_version": "0.1.0", "openvpn_version": "OpenVPN 2.6.3"}
    return {"sequence": sequence, "sessions": sessions, **empty, **versions, **parts}

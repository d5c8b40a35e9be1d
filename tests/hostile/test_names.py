"""Names and texts that could become a directive, a tag, a path or another's name: through every door that takes one.

Each door refuses or takes it; whatever was taken is then looked for where it could do harm.
"""

import dataclasses
import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from gateway.state.desired_state import parse_state_answer
from notices.models import Mail
from sensors.artifacts.openvpn import client_conf
from sensors.artifacts.operations.gather_facts import sensor_facts
from sensors.cases.operations.record_observation import record_observation
from sensors.fleet.observations import parse_report
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.models import Case, Sensor
from tenants.models import AuditEntry
from tests.support.fleet import Fleet, session_of
from tests.support.signed_in import by_password

pytestmark = pytest.mark.long

NAMES = {
    "newline": "box\npush route 0.0.0.0",
    "carriage return": "box\rup /bin/sh",
    "quote": 'box" up "/bin/sh',
    "apostrophe": "box'; DROP TABLE sensors_sensor; --",
    "NUL": "box\0",
    "right to left": "\u202egnp.xob",
    "zero width": "bo\u200bx",
    "line separator": "box\u2028script-security 2",
    "tag": "<script>alert(1)</script>",
    "template": "{{ settings.SECRET_KEY }}{% debug %}",
    "shell": "$(id)`id`;id|id",
    "path": "../../etc/passwd",
    "DEFAULT": "DEFAULT",
    "option": "--crl-verify",
    "another's name": "s-aaaaaaaaaaaa",
    "10,000 characters": "x" * 10_000,
    "lone surrogate": "box\ud800",
    "empty": "",
    "spaces": "   ",
}
UNSEEN = {"\n", "\r", "\0", "\u202e", "\u200b", "\u2028", "\ud800"}


def doors(fleet: Fleet, text: str) -> Iterator[tuple[str, int]]:
    """(door, status): REST, the admin's forms, the pages' form, and what machines send of themselves."""
    world, staff, owner = fleet.world, by_password(fleet, "administrator"), by_password(fleet, "owner")
    sensor = Sensor.objects.get(name="victim")
    new = {"site": str(world.quay.pk), "gateway": "gateway-1", "name": "fresh", "line": "2.4"}
    for field in ("name", "description", "hardware_serial", "gateway", "line"):
        yield (
            f"REST sensor {field}",
            send(
                staff,
                "/api/v1/sensors/",
                new | {field: text, "name": text if field == "name" else f"f-{len(field)}-{field[:1]}"},
            ),
        )
    # A form cannot carry half a character; JSON can.
    typed = text.encode("utf-8", "replace").decode()
    site = {"customer": str(world.harbour.pk), "name": text, "expected_networks": ["192.0.2.0/24"]}
    yield "REST site", send(staff, "/api/v1/sites/", site)
    yield "REST networks", send(staff, "/api/v1/sites/", site | {"name": "ok", "expected_networks": [text]})
    yield "REST filter", owner.get("/api/v1/sensors/", {"search": typed, "limit": typed}).status_code
    yield "page search", owner.get("/sensors/", {"q": typed, "page": typed}).status_code
    form = {"site": world.quay.pk, "gateway": world.gateway.pk, "line": "2.4", "description": typed}
    yield "admin sensor", staff.post(reverse("admin:sensors_sensor_add"), form | {"name": typed}).status_code
    yield (
        "admin sensor description",
        staff.post(
            reverse("admin:sensors_sensor_change", args=[sensor.pk]),
            {"name": "victim", "line": "2.4", "description": typed, "hardware_serial": typed},
        ).status_code,
    )
    yield (
        "admin customer",
        staff.post(reverse("admin:tenants_customer_add"), {"name": typed, "slug": typed}).status_code,
    )
    yield (
        "admin gateway",
        staff.post(
            reverse("admin:sensors_gateway_add"),
            {"name": typed, "host": typed, "port": "1194", "network": typed, "base_networks": typed, "mssfix": "1400"},
        ).status_code,
    )
    yield (
        "admin person",
        staff.post(
            reverse("admin:tenants_person_add"),
            {
                "email": f"{typed}@example.org",
                "name": typed,
                "phone": typed,
                "role": "viewer",
                "customer": world.harbour.pk,
            },
        ).status_code,
    )
    yield "admin search", staff.get(reverse("admin:sensors_sensor_changelist"), {"q": typed}).status_code
    yield (
        "sign-in",
        Client(raise_request_exception=False).post("/accounts/login/", {"login": typed, "password": typed}).status_code,
    )
    yield "enrolment", send(Client(raise_request_exception=False), "/api/v1/enrol", {"code": text, "csr": text})
    report = {"kind": "stolen", "note": text, "callback_phone": text[:40]}
    yield (
        "page report",
        owner.post(
            f"/sensors/{sensor.pk}/report/", {"kind": "stolen", "note": typed, "callback_phone": typed[:40]}
        ).status_code,
    )
    yield "REST report", send(owner, f"/api/v1/sensors/{sensor.pk}/report-loss/", report)


def send(client: Client, path: str, body: object) -> int:
    return client.post(path, json.dumps(body), content_type="application/json").status_code


def tell_as_the_gateway(fleet: Fleet, text: str) -> None:
    """Log lines, versions and problems come from outside as well: a name in a handshake, a broken disk."""
    victim = Sensor.objects.get(name="victim")
    session = dataclasses.asdict(session_of(victim)) | {"since": "2026-01-01T00:00:00Z", "serial": None}
    raw = {
        "sequence": 10**6,
        "generation": 1,
        "agent_version": text,
        "openvpn_version": text,
        "sessions": {"full": False, "up": [session], "down": []},
        "cuts": [],
        "sightings": [
            {
                "serial": fleet.certificate_of(victim).serial,
                "source": "203.0.113.9",
                "at": "2026-01-01T00:00:00Z",
                "line": text,
            }
        ],
        "problems": [{"code": text, "detail": text}],
    }
    record_observation(gateway=fleet.gateway, report=parse_report(raw))


def pages(fleet: Fleet) -> Iterator[str]:
    staff, owner = by_password(fleet, "administrator"), by_password(fleet, "owner")
    for client, path in [
        *((owner, path) for path in ("/", "/sensors/", "/decisions/", "/cases/")),
        *((staff, path) for path in ("/decisions/", "/records/")),
        *((owner, f"/cases/{case.pk}/") for case in Case.objects.all()),
        *((owner, f"/sensors/{sensor.pk}/") for sensor in Sensor.objects.all()),
        *((staff, f"/admin/{name}/") for name in ("sensors/sensor", "sensors/case", "tenants/site", "notices/mail")),
        *((staff, f"/admin/{name}/") for name in ("tenants/customer", "tenants/person", "tenants/auditentry")),
    ]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        yield answer.content.decode()


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES.keys())
def test_a_hostile_text_is_refused_or_harmless_at_every_door(fleet: Fleet, text: str):
    fleet.connected("victim")
    answered = dict(doors(fleet, text))
    assert {door: status for door, status in answered.items() if status >= 500} == {}
    tell_as_the_gateway(fleet, text)
    # What the gateway is told passes the gateway's own rules, whole.
    answer = parse_state_answer(json.dumps(describe_gateway_state(gateway=fleet.gateway, since=0)).encode(), since=0)
    assert answer.refusals == ()
    for sensor in Sensor.objects.all():
        configuration = client_conf(sensor_facts(sensor))
        assert text not in configuration or text == ""
        assert sensor.name.isascii()
    for page in pages(fleet):
        assert "<script>alert" not in page
    for row in [*Mail.objects.values("subject", "recipient"), *AuditEntry.objects.values("subject", "actor")]:
        assert not [value for value in row.values() if UNSEEN & set(str(value))], row

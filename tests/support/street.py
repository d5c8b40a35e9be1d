"""Everybody of the table in front of both doors, and what each sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken
from accounts.operations.request_invitation import request_invitation
from accounts.token_text import read_token
from notices.models import Mail
from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from sensors.cases.operations.request_closing import request_closing
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.models import CaseOutcome, DiskKeyRelease, Gateway, LossCard, Sensor
from tenants.models import Approval, AuditEntry
from tenants.roles import Permission
from tests.support.fleet import ACTOR, Fleet, as_reported, new_csr, renewal
from tests.support.importing import boxes, prepared
from tests.support.loss_cards import card_of
from tests.support.machines_door import Machine
from tests.support.tokens import token_of

PEOPLE = {
    "administrator": "administrator",
    "operator": "operator",
    "auditor": "auditor",
    "manager": "manager",
    "contact": "owner",
    "viewer": "viewer",
    "stranger": "stranger",
}
NONE = UUID("00000000-0000-4000-8000-000000000000")


@dataclass
class Street:
    """Two customers' sensors and cases, everybody's key to a door, and the objects by their names in the table."""

    objects: dict[str, str]
    sessions: dict[str, str]
    machines: dict[str, Machine]
    code: str
    loss_card: LossCard
    loss_code: str

    def ask(
        self,
        actor: str,
        method: str,
        path: str,
        *,
        checks_csrf: bool = False,
        query: dict[str, str] | None = None,
        token: str = "",
    ) -> Any:
        """The answer to `actor`, or to a program with `token`; an exception in a view is a 500."""
        path, _, variant = path.partition("#")
        client = Client(raise_request_exception=False, enforce_csrf_checks=checks_csrf)
        if actor in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        headers = self.machines[actor].headers() if actor in self.machines else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        body = self._body(actor, path, variant) if method == "POST" else query or {}
        if path in {"/report/sent/", "/drill/done/"} and variant:
            body = {"sensor": self.objects[variant]}
        body = {"home_networks": ["10.1.0.0/16"]} if method == "PATCH" else body
        kind = {"content_type": "application/json"} if path.startswith(("/api/", "/v1/")) else {}
        call = getattr(client, method.lower())
        return call(self.filled(path), body, headers=headers, **({} if method == "GET" else kind))

    def filled(self, path: str) -> str:
        for name, value in self.objects.items():
            path = path.replace("{" + name + "}", value)
        return path

    def _body(self, actor: str, path: str, variant: str) -> dict[str, Any]:
        bodies: dict[str, dict[str, Any]] = {
            "/api/v1/enrol": {"code": self.code if actor == "box" else "AAAAA-BBBBB", "csr": new_csr()},
            "/v1/heartbeat": {"disk": "open", "kit_version": "1"},
            "/v1/certificate": renewal(Sensor.objects.get(pk=self.objects["ours"])),
            "/v1/gateway/session-questions": {"answers": []},
            "/v1/gateway/certificate": renewal(Gateway.objects.get(name="gateway-1")),
            "/v1/gateway/revoked-serials": {"recall": 1, "part": 0, "is_last": True, "serials": []},
            "/v1/gateway/observed": {
                "sequence": 1000,
                "generation": 1,
                "sessions": {"full": False, "up": [], "down": []},
                "cuts": [],
                "sightings": [],
                "problems": [],
            },
            "/accounts/login/": {"login": "owner@example.org", "password": "a wrong guess"},
            "/accounts/password/reset/": {"email": "owner@example.org"},
            "/accounts/browser/": {"email": "owner@example.org"},
        }
        if path == "/api/v1/sites/":
            return {
                "customer": self.objects[CUSTOMERS.get(variant, "none")],
                "name": "New",
                "expected_networks": ["192.0.2.0/24"],
            }
        if path == "/api/v1/sensors/":
            return {"site": self.objects[SITES.get(variant, "none")], "gateway": "gateway-1", "name": "new"}
        if path in {"/report/", "/drill/"} and variant:
            return {"kind": "stolen", "sensor": [self.objects[variant]]}
        if path == "/card/":
            return {"code": self.loss_code if variant else "ACDEF"}
        if path.startswith("/cards/"):
            number = self.loss_card.pk
            return {"revoke": number} if variant else {"after": number if "{our" in path else 0}
        if path.endswith("/import/"):
            text = boxes(1, site="Dairy North" if "{their" in path else "Quay 7")
            return {} if variant == "malformed" else {"file": SimpleUploadedFile("boxes.csv", text.encode())}
        if path.startswith("/customers/"):
            return {"site": self.objects["their-site" if variant else "our-site"], "networks": "203.0.113.9/32"}
        if path.startswith("/imports/"):
            return {"do": variant}
        if path.endswith(("/report/", "/report-loss/")):
            return {"kind": "eaten" if variant == "malformed" else "stolen"}
        if path.endswith(("/note/", "/notes/")):
            return {"text": "Seen on the quay."}
        if path.endswith(("/held-key/", "/permit-key/")):
            return {"public_address": "203.0.113.9"}
        if path.startswith(("/cases/", "/api/v1/cases/")):
            return self._closing(path)
        if path.endswith("/revoke/"):
            return {"reason": "Stolen."}
        if path.startswith("/decisions/"):
            return {"do": variant}
        return bodies.get(path, {})

    def _closing(self, path: str) -> dict[str, Any]:
        """Also agreeing and refusing by REST send the request that a page would have shown."""
        approval = self.objects["their-closing" if "{their" in path else "our-closing"]
        return {"outcome": "given-back", "reason": "Found.", "approval": approval}


CUSTOMERS = {"at-ours": "our-customer", "at-theirs": "their-customer", "nowhere": "none"}
SITES = {"at-ours": "our-site", "at-theirs": "their-site", "nowhere": "none"}


def build_street(fleet: Fleet) -> Street:
    world = fleet.world
    ours, theirs = fleet.connected("box-1"), fleet.connected("box-2", world.dairy, "198.51.100.22")
    our_case = fleet.reported(fleet.connected("box-3"))
    their_case = fleet.reported(fleet.connected("box-4", world.dairy, "198.51.100.22"), by=world.stranger)
    our_closing, their_closing = waiting_closing(fleet, "box-6"), waiting_closing(fleet, "box-7", world.dairy)
    release_disk_key(
        sensor=ours, certificate=fleet.certificate_of(ours), source=ours.address, confirmation=as_reported(ours)
    )
    publish_crl(authority=fleet.authority, signer=configured_signer(), now=timezone.now())
    token = read_token(token_of(world.owner, Permission.SENSOR_VIEW))
    assert token
    loss_card, loss_code = card_of(fleet)
    objects = {
        "ours": ours.pk,
        "theirs": theirs.pk,
        "our-case": our_case.pk,
        "their-case": their_case.pk,
        "our-cut": fleet.cut_off("box-8").pk,
        "their-cut": fleet.cut_off("box-9", world.dairy).pk,
        "our-waiting": our_closing.about.removeprefix("case:"),
        "their-waiting": their_closing.about.removeprefix("case:"),
        "our-closing": our_closing.pk,
        "their-closing": their_closing.pk,
        "our-held": held_box(fleet, "box-10").pk,
        "their-held": held_box(fleet, "box-11", world.dairy).pk,
        "our-customer": world.harbour.pk,
        "their-customer": world.meadow.pk,
        "our-import": prepared(world, boxes(1)).pk,
        "their-import": prepared(world, boxes(1, site="Dairy North"), customer=world.meadow).pk,
        "our-site": world.quay.pk,
        "their-site": world.dairy.pk,
        "gateway": world.gateway.pk,
        "none": NONE,
        "content-type": ContentType.objects.get_for_model(Sensor).pk,
        "tenants/customer": world.harbour.pk,
        "tenants/site": world.quay.pk,
        "tenants/person": world.owner.pk,
        "our-viewer": world.viewer.pk,
        "their-contact": world.stranger.pk,
        "tenants/auditentry": AuditEntry.objects.latest("pk").pk,
        "tenants/approval": our_closing.pk,
        "invitation": waiting_invitation(fleet).pk,
        "gateway-request": waiting_gateway_code(fleet).pk,
        "accounts/accesstoken": AccessToken.objects.get(prefix=token.prefix).pk,
        "token": token.prefix,
        "notices/mail": Mail.objects.latest("pk").pk,
        "sensors/gateway": world.gateway.pk,
        "sensors/sensor": ours.pk,
        "sensors/case": our_case.pk,
        "sensors/diskkeyrelease": DiskKeyRelease.objects.latest("pk").pk,
    }
    return Street(
        objects={name: str(key) for name, key in objects.items()},
        sessions={actor: _session_of(getattr(world, name)) for actor, name in PEOPLE.items()},
        machines={
            "sensor": Machine.with_certificate(fleet.certificate_of(ours), ours.address),
            "gateway": Machine.with_certificate(fleet.enrol_gateway(), "10.20.0.1"),
        },
        code=issue_sensor_code(sensor=fleet.register("box-5"), issued_by=ACTOR),
        loss_card=loss_card,
        loss_code=loss_code,
    )


def held_box(fleet: Fleet, name: str, site: Any = None) -> Sensor:
    """It asks for its key from where it is not expected."""
    sensor = fleet.connected(name, site, "203.0.113.9")
    release_disk_key(
        sensor=sensor, certificate=fleet.certificate_of(sensor), source=sensor.address, confirmation=as_reported(sensor)
    )
    return sensor


def waiting_closing(fleet: Fleet, name: str, site: Any = None) -> Approval:
    """Asked for by the operator, who therefore cannot agree."""
    return request_closing(
        case=fleet.cut_off(name, site),
        outcome=CaseOutcome.GIVEN_BACK,
        reason="Found.",
        requested_by=fleet.world.operator,
    )


def waiting_invitation(fleet: Fleet) -> Approval:
    """Asked for by the administrator, who therefore cannot agree."""
    return request_invitation(
        email="new@example.org",
        name="New",
        phone="",
        customer=None,
        role="operator",
        reason="Starts on Monday.",
        requested_by=fleet.world.administrator,
    )


def waiting_gateway_code(fleet: Fleet) -> Approval:
    """Asked for by the operator, who therefore cannot agree."""
    return request_gateway_code(gateway=fleet.gateway, reason="New machine.", requested_by=fleet.world.operator)


def _session_of(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, also where an operation wants to be the outermost transaction."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django marks its own test cases
    with block:
        yield
        transaction.set_rollback(True)

"""Each operation that locks rows, with what it needs, in an order in which all of them can be done."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection

from accounts.operations.agree_to_invitation import agree_to_invitation
from accounts.operations.correct_person import correct_person
from accounts.operations.invite_again import invite_again
from accounts.operations.invite_person import invite_person
from sensors.cases.operations.add_case_note import add_case_note
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.make_loss_card import make_loss_card
from sensors.cases.operations.move_sensor import move_sensor
from sensors.cases.operations.note_card_limit import note_card_limit
from sensors.cases.operations.replace_sensor import replace_sensor
from sensors.cases.operations.request_closing import request_closing
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.cases.operations.revoke_loss_card import revoke_loss_card
from sensors.enrolment.operations.agree_to_sensor_code import agree_to_sensor_code
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.enrolment.operations.request_sensor_code import request_sensor_code
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.gateways.operations.agree_to_gateway import agree_to_gateway
from sensors.gateways.operations.collect_gateway_code import collect_gateway_code
from sensors.gateways.operations.describe_gateway_state import describe_gateway_state
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.gateways.operations.request_gateway_registration import request_gateway_registration
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.gateways.operations.set_up_gateway import alter_gateway
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.keys.together.operations.release_disk_keys import KeyRequest, release_disk_keys
from sensors.models import Case, CaseOutcome, CertificateRequest, LossCard, Sensor
from tenants.audit.record_read import record_read
from tenants.models import Approval, Person
from tenants.operations.agree_to_change_policy import agree_to_change_policy
from tenants.operations.agree_to_customer_role import agree_to_customer_role
from tenants.operations.agree_to_networks import agree_to_networks
from tenants.operations.change_customer_role import change_customer_role
from tenants.operations.decide_approval import refuse_approval
from tenants.operations.remove_from_customer import remove_from_customer
from tenants.operations.request_change_policy import request_change_policy
from tenants.operations.request_customer_role import request_customer_role
from tenants.operations.request_networks import request_networks
from tenants.roles import CustomerRole
from tests.support.fleet import ACTOR, Fleet, as_reported, new_csr, nobody_has_time_to_object, renewal
from tests.support.loss_cards import report_by_card
from tests.support.sensors.elsewhere import gateway_elsewhere
from tests.support.street import waiting_invitation


def operations(fleet: Fleet) -> dict[str, Callable[[], object]]:
    """Each with what it needs: the first three run on sensors of their own."""
    nobody_has_time_to_object()
    connected, other, leaving = (fleet.connected(name) for name in ("one", "two", "three"))
    fresh, broken, gateway = fleet.register("four"), fleet.connected("eight"), fleet.gateway
    by_card, elsewhere = fleet.connected("nine"), gateway_elsewhere()
    code = issue_sensor_code(sensor=fresh, issued_by=ACTOR)
    held = fleet.connected("seven", public_address="203.0.113.9")
    release_disk_key(
        sensor=held, certificate=fleet.certificate_of(held), source=held.address, confirmation=as_reported(held)
    )
    cut, asked = fleet.cut_off("six"), list[Approval]()
    call_command("create_administrator", "carla@example.org", "Carla Conti")

    return {
        "enrolment": partial(request_enrolment, code=code, csr=new_csr(), source="192.0.2.1"),
        "signing": sign_waiting_certificates,
        "renewal": partial(request_renewal, sensor=other, **renewal(other)),
        "signing of the renewal": sign_waiting_certificates,
        "registration": partial(fleet.register, "five"),
        "code": partial(issue_sensor_code, sensor=connected, issued_by=ACTOR),
        "gateway code": partial(issue_gateway_code, gateway=gateway, issued_by=ACTOR),
        "gateway change": partial(
            alter_gateway,
            gateway=gateway,
            host="gw.example",
            port=1194,
            tcp_port=443,
            base_networks=[],
            mssfix=1400,
            altered_by=ACTOR,
            agreed_by=None,
        ),
        "release": partial(
            release_disk_key,
            sensor=connected,
            certificate=fleet.certificate_of(connected),
            source=connected.address,
            confirmation=as_reported(connected),
        ),
        **releases_together(fleet, connected),
        "permit": partial(permit_release, sensor=held, public_address="203.0.113.9", permitted_by=fleet.world.manager),
        "report": partial(fleet.reported, connected),
        "card": partial(make_loss_card, site=fleet.world.quay, made_by=fleet.world.owner, after=0),
        "report by card": lambda: report_by_card(LossCard.objects.get(), by_card),
        "too many by card": lambda: note_card_limit(card=LossCard.objects.get(), sensors=[other], kind="lost"),
        "card revoked": lambda: revoke_loss_card(card=LossCard.objects.get(), revoked_by=fleet.world.manager),
        "confirmation": lambda: fleet.observe(cuts=[fleet.cut_of(connected)]),
        "note": lambda: add_case_note(case=cut, text="Seen on the quay.", written_by=fleet.world.owner),
        "closing asked for": lambda: asked.append(propose(fleet, cut)),
        "closing refused": lambda: refuse_approval(
            approval=asked[-1].pk, about=cut.about, refused_by=fleet.world.owner
        ),
        "closing asked for again": lambda: asked.append(propose(fleet, cut)),
        "closing": lambda: close_case(case=cut, approval=asked[-1].pk, approved_by=fleet.world.manager),
        "invitation asked for": lambda: asked.append(waiting_invitation(fleet)),
        "invitation": lambda: agree_to_invitation(approval=asked[-1].pk, approved_by=second_administrator()),
        "reading of people": partial(record_read, reader=fleet.world.auditor, listing="tenants.person", asked={}),
        "code for two asked for": lambda: asked.append(
            request_sensor_code(sensor=fresh, reason="New disk.", requested_by=fleet.world.operator)
        ),
        "code for two": lambda: agree_to_sensor_code(approval=asked[-1].pk, approved_by=fleet.world.administrator),
        "networks for two asked for": lambda: asked.append(
            request_networks(
                site=fleet.world.quay,
                expected_networks=["203.0.113.0/24"],
                reason="New line.",
                requested_by=fleet.world.operator,
            )
        ),
        "networks for two": lambda: agree_to_networks(approval=asked[-1].pk, approved_by=fleet.world.administrator),
        "policy for two asked for": lambda: asked.append(
            request_change_policy(
                customer=fleet.world.harbour,
                change_delay_minutes=0,
                two_people_for_changes=False,
                reason="They want it.",
                requested_by=fleet.world.administrator,
            )
        ),
        "policy for two": lambda: agree_to_change_policy(approval=asked[-1].pk, approved_by=second_administrator()),
        **_of_own_people(fleet, asked),
        "move": lambda: move_sensor(
            sensor=fresh, site=fleet.world.quay, gateway=elsewhere, moved_by=fleet.world.operator.actor
        ),
        "replacement": partial(replace_sensor, sensor=broken, hardware_serial="SN-2", replaced_by=ACTOR),
        "retirement": partial(retire_sensor, sensor=leaving, retired_by=ACTOR),
        **_of_the_gateway(fleet, asked),
        "restored gateway": partial(describe_gateway_state, gateway=gateway, since=9_999),
    }


def _of_the_gateway(fleet: Fleet, asked: list[Approval]) -> dict[str, Callable[[], object]]:
    """Registered, coded, revoked and given back by two people."""
    operator = fleet.world.operator

    def agree() -> Approval:
        return agree_to_gateway(approval=asked[-1].pk, approved_by=fleet.world.administrator)

    def ask() -> None:
        asked.append(request_gateway_code(gateway=fleet.gateway, reason="New disk.", requested_by=operator))

    return {
        "gateway asked for": lambda: asked.append(
            request_gateway_registration(
                name="gateway-9", host="gw9.example", port=1194, network="10.98.0.0/16", base_networks=[],
                reason="For the north.", requested_by=operator,
            )
        ),
        "gateway agreed to": agree,
        "gateway code asked for": ask,
        "gateway code agreed to": agree,
        "gateway code fetched": lambda: collect_gateway_code(approval=asked[-1].pk, collected_by=operator),
        "gateway revoked": lambda: revoke_gateway(gateway=fleet.gateway, reason="Stolen.", revoked_by=operator),
        "gateway's place asked for": ask,
        "gateway's place agreed to": agree,
    }  # fmt: skip


def _of_own_people(fleet: Fleet, asked: list[Approval]) -> dict[str, Callable[[], object]]:
    """By the customer's manager."""
    world = fleet.world
    at: dict[str, Any] = {"customer": world.harbour, "person": world.viewer}
    return {
        "role": lambda: change_customer_role(**at, role=CustomerRole.CONTACT, changed_by=world.manager),
        "correction": lambda: correct_person(**at, name="Viola Viewer", phone="", corrected_by=world.manager),
        "role for two asked for": lambda: asked.append(
            request_customer_role(**at, role=CustomerRole.MANAGER, reason="Takes over.", requested_by=world.manager)
        ),
        "role for two": lambda: agree_to_customer_role(approval=asked[-1].pk, approved_by=world.administrator),
        "invitation again": lambda: invite_again(
            customer=world.harbour, person=_who_has_not_come(fleet), invited_by=world.manager
        ),
        "removal": lambda: remove_from_customer(**at, removed_by=world.manager),
    }


def _who_has_not_come(fleet: Fleet) -> Person:
    return invite_person(
        email="late@example.org", name="Late", phone="", customer=fleet.world.harbour, role="viewer",
        invited_by=fleet.world.manager.actor,
    )  # fmt: skip


def second_administrator() -> Person:
    """Made before anything is asked for."""
    person: Person = Person.objects.get(email="carla@example.org")
    return person


def releases_together(fleet: Fleet, *sensors: Sensor) -> dict[str, Callable[[], object]]:
    """Only PostgreSQL knows locks that nobody waits for."""
    if connection.vendor != "postgresql":
        return {}
    enrolled = CertificateRequest.objects.filter(sensor__in=sensors).exclude(certificate=None)
    keys = set(enrolled.values_list("sensor", flat=True))
    requests = [
        KeyRequest(one, fleet.certificate_of(one), one.address, as_reported(one)) for one in sensors if one.pk in keys
    ]
    return {"releases": partial(release_disk_keys, requests=requests)}


def propose(fleet: Fleet, case: Case, outcome: CaseOutcome = CaseOutcome.WRITTEN_OFF) -> Approval:
    """To write off is the ending that takes the most locks."""
    return request_closing(case=case, outcome=outcome, reason="Gone.", requested_by=fleet.world.operator)

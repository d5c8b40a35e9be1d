"""What two people decide of a box that goes elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from sensors.cases.operations.agree_to_move import agree_to_move
from sensors.cases.operations.request_move import ACTION
from sensors.models import Gateway, Sensor
from tenants.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person, Site
from tenants.roles import Permission
from tenants.wide_networks import warnings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """What the reader may see of it; each may be missing."""

    sensor: Sensor | None
    site: Site | None
    gateway: Gateway | None


def _moves(approvals: Sequence[Approval], person: Person) -> dict[UUID, _Move]:
    named = [approval.details for approval in approvals]
    sensors = {
        str(sensor.pk): sensor
        for sensor in Sensor.objects.visible_to(person)
        .select_related("site", "gateway")
        .filter(pk__in=[wanted["sensor"] for wanted in named])
    }
    sites = {
        str(site.pk): site
        for site in Site.objects.visible_to(person).filter(pk__in=[wanted["site"] for wanted in named])
    }
    gateways = {
        str(gateway.pk): gateway
        for gateway in Gateway.objects.visible_to(person).filter(pk__in=[wanted["gateway"] for wanted in named])
    }
    return {
        approval.pk: _Move(
            sensor=sensors.get(approval.details["sensor"]),
            site=sites.get(approval.details["site"]),
            gateway=gateways.get(approval.details["gateway"]),
        )
        for approval in approvals
    }


def _facts(approval: Approval, move: _Move) -> dict[str, str]:
    site = move.site
    facts = {
        "Customer": str(approval.customer or ""),
        "Sensor": move.sensor.name if move.sensor else approval.details["name"],
        "To site": site.name if site else "",
        "Expected": "\n".join(site.expected_networks) if site else "",
        "Gateway": str(move.gateway or ""),
        "Careful": "\n".join(warnings_of(site.expected_networks)) if site else "",
    }
    if move.sensor and not approval.verdict:
        facts["Now"] = f"{move.sensor.site.name}, gateway {move.sensor.gateway}"
    return facts


def _becomes(_approval: Approval, move: _Move) -> list[str]:
    becomes = [
        "What is expected there counts for this box once the customer's people were told and had their time.",
        "A permit for its key that was given at the old site ends.",
    ]
    if move.sensor and move.gateway and move.gateway.pk != move.sensor.gateway_id:
        becomes.append("Its tunnel ends at once. The box needs a new code to come back.")
    return becomes


def _agree(approval: UUID, person: Person) -> Agreed:
    sensor = agree_to_move(approval=approval, approved_by=person)
    return Agreed(
        message=f"{sensor} is at {sensor.site.name}, gateway {sensor.gateway}. The customer's people are told."
    )


DECISIONS[ACTION] = Decision(
    title=lambda approval, _: f"Move {approval.details['name']}",
    look_up=_moves,
    facts=_facts,
    becomes=_becomes,
    what="this sensor to be moved",
    until_then="Nothing changes until another member of the staff agrees.",
    think_of=lambda _: (
        "Has somebody carried the box there? Call the customer if you do not know. Where it goes, it gets the key of "
        "its disk when it appears from the networks that are expected there."
    ),
    agree_label="I agree: move it",
    refuse_label="No: it stays where it is",
    refused="The sensor stays where it is.",
    agreeing_needs=Permission.SENSOR_MANAGE,
    refusing_needs=frozenset({Permission.SENSOR_MANAGE}),
    agree=_agree,
    goes_on=lambda approval, _person: (
        reverse("admin:sensors_sensor_change", args=[approval.details["sensor"]])
        if approval.verdict == "approved"
        else ""
    ),
    goes_on_label="To the sensor",
)

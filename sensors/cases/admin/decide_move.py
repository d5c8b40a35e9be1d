"""What two people decide of a box that goes elsewhere."""

from uuid import UUID

from django.urls import reverse

from sensors.cases.operations.agree_to_move import agree_to_move
from sensors.cases.operations.request_move import ACTION
from sensors.models import Gateway, Sensor
from tenants.admin.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person, Site
from tenants.roles import Permission
from tenants.wide_networks import warnings_of


def _facts(approval: Approval, staff: Person) -> dict[str, str]:
    wanted = approval.details
    sensor = Sensor.objects.visible_to(staff).select_related("site", "gateway").filter(pk=wanted["sensor"]).first()
    site = Site.objects.visible_to(staff).filter(pk=wanted["site"]).first()
    gateway = Gateway.objects.visible_to(staff).filter(pk=wanted["gateway"]).first()
    facts = {
        "Customer": str(approval.customer or ""),
        "Sensor": sensor.name if sensor else wanted["name"],
        "To site": site.name if site else "",
        "Expected": "\n".join(site.expected_networks) if site else "",
        "Gateway": str(gateway or ""),
        "Careful": "\n".join(warnings_of(site.expected_networks)) if site else "",
    }
    if sensor and not approval.verdict:
        facts["Now"] = f"{sensor.site.name}, gateway {sensor.gateway}"
        if gateway and gateway.pk != sensor.gateway_id:
            facts["Means"] = "Its tunnel ends at once. The box needs a new code to come back."
    return facts


def _agree(approval: UUID, person: Person) -> Agreed:
    sensor = agree_to_move(approval=approval, approved_by=person)
    return Agreed(
        message=f"{sensor} is at {sensor.site.name}, gateway {sensor.gateway}. The customer's people are told."
    )


def _sensor_page(approval: Approval, _staff: Person) -> str:
    return reverse("admin:sensors_sensor_change", args=[approval.details["sensor"]])


DECISIONS[ACTION] = Decision(
    title=lambda approval: f"Move {approval.details['name']}",
    facts=_facts,
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
    agree=_agree,
    back="admin:sensors_sensor_changelist",
    back_label="To all sensors",
    goes_on=lambda approval, staff: _sensor_page(approval, staff) if approval.verdict == "approved" else "",
    goes_on_label="To the sensor",
)

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from sensors.enrolment.operations.agree_to_sensor_code import agree_to_sensor_code
from sensors.enrolment.operations.request_sensor_code import ACTION
from sensors.models import Sensor
from tenants.decisions import DECISIONS, Agreed, Decision
from tenants.models import Approval, Person
from tenants.roles import Permission


def _sensors(approvals: Sequence[Approval], person: Person) -> dict[UUID, Sensor]:
    wanted = {approval.pk: approval.details["sensor"] for approval in approvals}
    visible = Sensor.objects.visible_to(person).select_related("site")
    sensors = {str(sensor.pk): sensor for sensor in visible.filter(pk__in=wanted.values())}
    return {key: sensors[sensor] for key, sensor in wanted.items() if sensor in sensors}


def _facts(approval: Approval, sensor: Sensor | None) -> dict[str, str]:
    return {
        "Customer": str(approval.customer or ""),
        "Site": sensor.site.name if sensor else "",
        "Sensor": sensor.name if sensor else approval.details["name"],
        "What": sensor.description if sensor else "",
    }


def _becomes(approval: Approval, _sensor: Sensor | None) -> list[str]:
    return [
        f"One box can take the place of {approval.details['name']}, by a code that is shown to you, once.",
        "The box that has the place now is shut out when that happens.",
    ]


def _agree(approval: UUID, person: Person) -> Agreed:
    sensor, code = agree_to_sensor_code(approval=approval, approved_by=person)
    return Agreed(
        message=f"Enrolment code for {sensor}",
        code=code,
        machine=str(sensor),
        back=reverse("admin:sensors_sensor_change", args=[sensor.pk]),
    )


DECISIONS[ACTION] = Decision(
    title=lambda approval, _: f"Enrolment code for {approval.details['name']}",
    look_up=_sensors,
    facts=_facts,
    becomes=_becomes,
    what="an enrolment code for this sensor",
    until_then="There is no code until another member of the staff agrees.",
    think_of=lambda _: (
        "Is a new box set up, or the old one set up again? Ask who does it. By the code a box takes this "
        "sensor's place, and the box that has the place now is shut out. You are shown the code: give it to the "
        "one who sets the box up."
    ),
    agree_label="I agree: show me the code",
    refuse_label="No: no code",
    refused="There is no code.",
    agreeing_needs=Permission.ENROLMENT_CODE_ISSUE,
    refusing_needs=frozenset({Permission.ENROLMENT_CODE_ISSUE}),
    agree=_agree,
)

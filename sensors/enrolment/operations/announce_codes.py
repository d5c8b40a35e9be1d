"""Tell a customer's people of each enrolment code for a box that is, or was, in service. The worker's alone."""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from sensors.models import EnrolmentCode, Sensor
from sensors.states import SensorState
from tenants.operations.announce import announce


def announce_codes() -> int:
    """Of how many people have still to be told.

    A code for a box that was never there is not announced: it can bring nobody a key that is older than itself. Those
    that are left once the sensor has a box are.
    """
    usable = EnrolmentCode.objects.usable(timezone.now()).exclude(sensor__state=SensorState.REGISTERED)
    used = EnrolmentCode.objects.filter(Exists(Sensor.objects.filter(enrolled_anew_with=OuterRef("pk"))))
    waiting = (usable | used).filter(announced_at=None).exclude(sensor=None).defer("digest")
    codes = waiting.select_related("sensor__site__customer").order_by("issued_at")
    return sum(not _announce(code, code.sensor) for code in codes if code.sensor)


def _announce(code: EnrolmentCode, sensor: Sensor) -> bool:
    announced_at = announce(
        about=f"enrolment-code:{code.pk}",
        customer=sensor.customer,
        template="code_issued",
        context={"sensor": sensor, "code": code},
    )
    if announced_at is not None:
        EnrolmentCode.objects.filter(pk=code.pk).update(announced_at=announced_at)
    return announced_at is not None

"""Note what a gateway observed of a cut-off; when the last one has, the case says "cut off"."""

from datetime import datetime

from django.db import transaction

from notices.operations.queue_mails import queue_mails
from sensors.fleet.observations import Cut
from sensors.fleet.operations.change_state import change_state
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.models import Case, Gateway, GatewaySlot, Measure, MeasureKind, Sensor, Session
from sensors.states import SensorState
from tenants.actors import Actor
from tenants.audiences import people_to_tell
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit


@transaction.atomic
def confirm_cut_off(*, gateway: Gateway, cut: Cut, observed_at: datetime) -> None:
    """Sent again or out of date it changes nothing: the cut must be of the generation that asked for it, or later."""
    # One that the sensor has left says so, too: as long as it reported a tunnel, it is among those concerned.
    sensor = Sensor.objects.filter(subject=cut.subject, slots__gateway=gateway, slots__gateway__revoked_at=None).first()
    if sensor is None:
        return
    sensor = lock_sensor(sensor)
    case = Case.objects.filter(sensor=sensor, closed_at=None, confirmed_at=None).first()
    wanted = GatewaySlot.objects.filter(gateway=gateway, sensor=sensor).values_list("generation", flat=True).first()
    if case is None or wanted is None or cut.generation < wanted:
        return
    if cut.session_gone:
        Session.objects.filter(sensor=sensor, gateway=gateway, ended_at=None).update(ended_at=observed_at)
        # Only a gateway that also refuses the certificate and the name has ended the session for good.
        if cut.serials_blocked and cut.client_config_removed:
            _done(
                case,
                gateway,
                MeasureKind.SESSION_ENDED,
                observed_at,
                f"by the gateway's clock in {cut.took_ms} ms",
            )
    if cut.firewall_closed:
        _done(case, gateway, MeasureKind.FIREWALL_CLOSED, observed_at, "")
    if not Measure.objects.filter(case=case, done_at=None).exists():
        _confirm(case, sensor, Actor.machine(gateway.subject), observed_at)


def _done(case: Case, gateway: Gateway, kind: MeasureKind, observed_at: datetime, detail: str) -> None:
    waiting = Measure.objects.filter(case=case, gateway=gateway, kind=kind, done_at=None)
    if waiting.update(done_at=observed_at, detail=detail):
        record_customer_audit(
            customer=case.sensor.customer,
            actor=Actor.machine(gateway.subject),
            action=AuditAction.CASE_MEASURE_OBSERVED,
            subject=case.about,
            details={"measure": kind, "gateway": gateway.name},
        )


def _confirm(case: Case, sensor: Sensor, actor: Actor, observed_at: datetime) -> None:
    case.confirmed_at = observed_at
    case.save(update_fields=["confirmed_at"])
    change_state(sensor=sensor, to=SensorState.CUT_OFF, changed_by=actor)
    queue_mails(
        recipients=people_to_tell(sensor.customer),
        template="case_confirmed",
        about=case.about,
        context={"case": case},
    )

"""A box goes to another site of its customer's, to another gateway, or both."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from pki.authority.operations.revoke_subject import revoke_subject
from pki.models import Reason
from sensors.enrolment.operations.issue_enrolment_code import ANNOUNCE_TASK
from sensors.fleet.operations.allocate_address import allocate_address, release_address
from sensors.fleet.operations.lock_gateways import lock_gateways
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.raise_generation import gateways_with_tunnel, raise_generation
from sensors.fleet.operations.register_sensor import save_under_its_name
from sensors.models import Case, CertificateRequest, Gateway, KeyPermit, Sensor, SensorMove
from sensors.states import ENROLLABLE
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Approval, Site
from tenants.second_person import SecondPersonNeeded
from tenants.wide_networks import warnings_of_change


@transaction.atomic(durable=True)
def move_sensor(*, sensor: Sensor, site: Site, gateway: Gateway, moved_by: Actor) -> Sensor:
    """What is expected at the other site counts once the customer's people were told and had their time to object.

    At another gateway it has a new address, and needs a new code: its certificates and its way into the tunnel end.
    Raises ValidationError, and SecondPersonNeeded where one person alone may not.
    """
    sensor = lock_sensor(sensor)
    site = check_move(sensor=sensor, site=site, gateway=gateway)
    if warnings := why_two_people(sensor=sensor, site=site):
        raise SecondPersonNeeded(" ".join(warnings))
    return put_elsewhere(sensor=sensor, site=site, gateway=gateway, moved_by=moved_by, agreed=None)


def check_move(*, sensor: Sensor, site: Site, gateway: Gateway) -> Site:
    """The site as it is now. The caller holds the sensor's row lock. Raises ValidationError."""
    site = Site.objects.select_related("customer").get(pk=site.pk)
    if site.customer_id != sensor.customer.pk:
        raise ValidationError(
            {
                "site": f"{site.name} is another customer's. A box never goes from one customer to another: retire it,"
                " empty its disk, and register it there."
            }
        )
    if Case.objects.filter(sensor=sensor, closed_at=None).exists():
        raise ValidationError(f"{sensor.name} has an open case: it stays where it was reported until that is closed.")
    if sensor.state not in ENROLLABLE:
        raise ValidationError(f"{sensor.name} is {sensor.get_state_display()}: there is nothing to move.")
    if (site.pk, gateway.pk) == (sensor.site_id, sensor.gateway_id):
        raise ValidationError(f"{sensor.name} is at {site.name} and at gateway {gateway} already.")
    if gateway.pk != sensor.gateway_id and gateway.revoked_at:
        raise ValidationError({"gateway": f"{gateway} is revoked: choose another."})
    if Sensor.objects.filter(site=site, name=sensor.name).exclude(pk=sensor.pk).exists():
        raise ValidationError({"site": f"{site.name} has a sensor {sensor.name} already: give one another name first."})
    return site


def why_two_people(*, sensor: Sensor, site: Site) -> list[str]:
    """Why one person alone may not move it there; empty if one may."""
    warnings = warnings_of_change(now=sensor.site.expected_networks, wanted=site.expected_networks)
    if sensor.customer.two_people_for_changes:
        warnings.append("This customer's policy wants two people for a move.")
    return [*warnings, "Say why, and another person decides."] if warnings else []


def put_elsewhere(*, sensor: Sensor, site: Site, gateway: Gateway, moved_by: Actor, agreed: Approval | None) -> Sensor:
    """For a caller who holds the sensor's row lock and has made sure of all that `check_move` says."""
    now, before, left = timezone.now(), _place(sensor), sensor.underlay_address
    # A permit is for a box at one place, by somebody who has looked at it there.
    KeyPermit.objects.filter(sensor=sensor).usable(now).update(expires_at=now)
    changes_gateway = gateway.pk != sensor.gateway_id
    if changes_gateway:
        _leave_gateway(sensor, now)
    gateway = lock_gateways_of_move(sensor=sensor, gateway=gateway)
    if gateway.revoked_at and changes_gateway:
        raise ValidationError({"gateway": f"{gateway} was revoked meanwhile: choose another."})
    if changes_gateway:
        raise_generation(sensor=sensor)
    SensorMove.objects.create(
        sensor=sensor,
        from_site_id=sensor.site_id,
        to_site=site,
        from_gateway_id=sensor.gateway_id,
        to_gateway=gateway,
        from_address=left,
        moved_by=str(moved_by),
        moved_at=now,
    )
    sensor.site, sensor.gateway = site, gateway
    if changes_gateway:
        sensor.underlay_address = allocate_address(gateway=gateway)
    save_under_its_name(sensor, update_fields=["site", "gateway", "underlay_address"])
    raise_generation(sensor=sensor)
    if changes_gateway:
        release_address(address=left)
    record_customer_audit(
        customer=sensor.customer,
        actor=moved_by,
        action=AuditAction.SENSOR_MOVE,
        subject=f"sensor:{sensor.subject}",
        details={"from": before, "to": _place(sensor)} | ({"approval": str(agreed.pk)} if agreed else {}),
    )
    wake_worker(task=ANNOUNCE_TASK)
    return sensor


def lock_gateways_of_move(*, sensor: Sensor, gateway: Gateway) -> Gateway:
    """All whose generation rises, and `gateway` as it is now. Before approvals, people and the audit chain."""
    return lock_gateways({sensor.gateway_id, gateway.pk, *gateways_with_tunnel(sensor)})[gateway.pk]


def _leave_gateway(sensor: Sensor, now: datetime) -> None:
    """Its key for the tunnel is sealed for that gateway alone, so the box enrols again in any case."""
    CertificateRequest.objects.filter(sensor=sensor).waiting().update(refused_because="the sensor was moved")
    CertificateRequest.objects.filter(sensor=sensor).update(tunnel_key="")
    revoke_subject(subject=sensor.subject, reason=Reason.SUPERSEDED, now=now)


def _place(sensor: Sensor) -> dict[str, str]:
    return {"site": sensor.site.name, "gateway": sensor.gateway.name, "address": sensor.address}

"""Somebody has rehearsed a loss report. It is kept that they did, and nothing else happens."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction

from sensors.models import Sensor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit
from tenants.models import Customer, Person


@transaction.atomic
def rehearse_report(*, sensors: Iterable[Sensor], kind: str, rehearsed_by: Person, seconds: int | None) -> None:
    """A row in the trail of each customer concerned. No box, gateway or mail hears of it.

    `seconds` from opening the page to pressing the button; None where that is not known. The caller has made sure that
    `rehearsed_by` may report all of them.
    """
    by_customer: dict[Customer, list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        by_customer[sensor.customer].append(sensor)
    # In one order, so that two who rehearse for the same customers do not wait for each other.
    for customer in sorted(by_customer, key=lambda customer: customer.pk):
        record_customer_audit(
            customer=customer,
            actor=rehearsed_by.actor,
            action=AuditAction.LOSS_REPORT_REHEARSE,
            subject=f"person:{rehearsed_by.email}",
            details={"sensors": sorted(sensor.subject for sensor in by_customer[customer]), "kind": kind}
            | ({} if seconds is None else {"seconds": seconds}),
        )

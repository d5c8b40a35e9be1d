"""Make the next rows of an import true: all of a part or nothing of it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.operations.invite_person import invite_person, needs_second_person
from accounts.operations.request_invitation import request_invitation
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.models import Gateway, ImportOutcome, ImportPart, ImportRun, Sensor
from sensors.onboarding.columns import Column, Kind, Row, place
from sensors.onboarding.making import (
    FaultyCell,
    box_of,
    is_same_box,
    is_same_site,
    person_of,
    role_of,
    roles_at,
    site_of,
)
from sensors.onboarding.on_record import note_end
from tenants.models import Customer, Person, Site
from tenants.operations.register_site import register_site
from tenants.roles import Permission


class RowRefused(Exception):
    """What the file says there cannot be made true any more; `words` says why."""

    def __init__(self, row: Row, words: str) -> None:
        super().__init__(f"{place(row.sheet, row.number)}: {words}")
        self.row, self.words = row, words


def make_import_part(*, run: UUID, made_by: Person) -> ImportRun | None:
    """One transaction, in which the part goes: after a crash either it is there or what it makes, never both.

    None if there is nothing to do: nobody has confirmed it, it has stopped or ended, or somebody makes a part of it at
    this moment. A row that cannot become true any more stops it, with nothing made of its part.
    The caller has made sure that `made_by` may add sites and sensors there.
    """
    try:
        return _make(run, made_by)
    except RowRefused as refused:
        return _stop(run, refused)


@transaction.atomic(durable=True)
def _make(key: UUID, made_by: Person) -> ImportRun | None:
    run = _waiting(key)
    if run is None:
        return None
    if part := run.parts.first():
        _hold_sites(part, run.customer)
        for values in part.rows:
            row = Row(values["sheet"], values["number"], Kind(values["kind"]), values["cells"])
            try:
                _MAKES[row.kind](row, run.customer, made_by)
            except FaultyCell as faulty:
                raise RowRefused(row, f"{faulty.column}: {faulty.words}") from None
            except ValidationError as error:
                raise RowRefused(row, " ".join(error.messages)) from None
        run.rows_done += part.count
        part.delete()
    if not run.parts.exists():
        run.ended_at, run.outcome = timezone.now(), ImportOutcome.DONE
        note_end(run=run, actor=made_by.actor)
    run.save(update_fields=["rows_done", "ended_at", "outcome"])
    return run


def _hold_sites(part: ImportPart, customer: Customer) -> None:
    """Before the first row takes the gateway and the audit chain, which are the last of all locks: a new sensor refers
    to its site, and who changes that site holds it while waiting for the chain."""
    names = {row["cells"][Column.SITE] for row in part.rows if row["kind"] == Kind.BOX}
    if names:
        sites = Site.objects.select_for_update(no_key=True).filter(customer=customer, name__in=names)
        list(sites.order_by("pk"))


def _waiting(key: UUID) -> ImportRun | None:
    """Locked, unless somebody else has it: two that press at once do not wait for each other."""
    runs = ImportRun.objects.select_for_update(skip_locked=True, of=("self",)).select_related("customer").open()
    return runs.filter(pk=key, confirmed_at__isnull=False, stopped_because="").first()


@transaction.atomic(durable=True)
def _stop(key: UUID, refused: RowRefused) -> ImportRun | None:
    run = _waiting(key)
    if run is None:
        return None
    run.stopped_at, run.stopped_because = place(refused.row.sheet, refused.row.number), refused.words
    run.save(update_fields=["stopped_at", "stopped_because"])
    return run


def _make_site(row: Row, customer: Customer, made_by: Person) -> None:
    wanted = site_of(row, customer)
    there = Site.objects.filter(customer=customer, name=wanted.name).first()
    if there and is_same_site(there, wanted):
        return
    register_site(
        customer=customer,
        name=wanted.name,
        expected_networks=wanted.expected_networks,
        registered_by=made_by.actor,
    )


def _make_person(row: Row, customer: Customer, made_by: Person) -> None:
    """Asked again: the one who confirms may be another than the one who came with the file."""
    if not customer.permits(made_by, Permission.PERSON_MANAGE):
        raise FaultyCell(Column.KIND, "Only an administrator invites people. Let one go on with this import.")
    wanted, role = person_of(row), role_of(row)
    if roles_at(customer).get(wanted.email) == role:
        return
    values: dict[str, Any] = {
        "email": wanted.email,
        "name": wanted.name,
        "phone": wanted.phone,
        "customer": customer,
        "role": role,
    }
    if needs_second_person(role=role, invited_by=made_by.actor):
        request_invitation(**values, reason=row[Column.REASON], requested_by=made_by)
    else:
        invite_person(**values, invited_by=made_by.actor)


def _make_box(row: Row, customer: Customer, made_by: Person) -> None:
    wanted = box_of(row)
    site = Site.objects.filter(customer=customer, name=row[Column.SITE]).first()
    if site is None:
        raise FaultyCell(Column.SITE, "The site is not there any more, or has another name by now.")
    gateway = Gateway.objects.visible_to(made_by).serving().filter(name=row[Column.GATEWAY]).first()
    if gateway is None:
        raise FaultyCell(Column.GATEWAY, "The gateway is not in service any more. Choose another.")
    there = Sensor.objects.filter(site=site, name=wanted.name).first()
    if there and is_same_box(there, wanted, gateway):
        return
    register_sensor(
        site=site,
        gateway=gateway,
        name=wanted.name,
        line=wanted.line,
        description=wanted.description,
        hardware_serial=wanted.hardware_serial,
        registered_by=made_by.actor,
    )


_MAKES = {Kind.SITE: _make_site, Kind.PERSON: _make_person, Kind.BOX: _make_box}

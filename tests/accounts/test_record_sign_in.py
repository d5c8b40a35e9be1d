from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.operations.add_person import add_person
from accounts.operations.record_sign_in import DOOR, Caller, Step, disguised, record_sign_in, record_stranger
from notices.models import Mail
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain, AuditEntry
from tenants.operations.grant_role import grant_customer_role, grant_provider_role
from tenants.operations.register_customer import register_customer
from tenants.roles import CustomerRole, ProviderRole
from tests.support.tenants.making import ACTOR
from tests.support.world import World

CALLER = Caller("198.51.100.7", "Firefox/140")


def begin(person: Any, step: Step = Step.BEGIN) -> None:
    record_sign_in(person=person, step=step, actor=person.actor, caller=CALLER, details={"methods": ["password"]})


def chains_since(last: int) -> list[str]:
    """The chains of the rows that came after, in the order in which they were written."""
    return list(AuditEntry.objects.filter(pk__gt=last).order_by("pk").values_list("chain__name", flat=True))


def last_row() -> int:
    return AuditEntry.objects.latest("pk").pk


def test_a_contacts_sign_in_is_in_the_customers_chain_alone(world: World):
    last = last_row()
    begin(world.owner)
    assert chains_since(last) == [f"customer:{world.harbour.pk}"]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.subject) == (
        "person:session:begin",
        "person:owner@example.org",
        "owner@example.org",
    )
    assert entry.details == {"address": "198.51.100.7", "agent": "Firefox/140", "methods": ["password"]}


@pytest.mark.parametrize("name", ["administrator", "operator", "auditor"])
def test_staffs_sign_in_is_in_the_providers_chain_alone(world: World, name: str):
    last = last_row()
    begin(getattr(world, name))
    assert chains_since(last) == ["provider"]


def test_who_has_no_role_is_in_the_providers_chain(world: World):
    person = add_person(email="new@example.org", name="New", added_by=ACTOR)
    last = last_row()
    begin(person)
    assert chains_since(last) == ["provider"]


@pytest.mark.parametrize("first", ["harbour", "meadow"])
def test_of_several_chains_the_providers_comes_first_and_customers_by_key(world: World, first: str):
    """As `invite_person` and `revoke_roles` take them, in whatever order the roles were granted."""
    person = add_person(email="both@example.org", name="Both", added_by=ACTOR)
    for customer in sorted([world.harbour, world.meadow], key=lambda one: one.slug != first):
        grant_customer_role(person=person, customer=customer, role=CustomerRole.VIEWER, granted_by=ACTOR)
    grant_provider_role(person=person, role=ProviderRole.AUDITOR, granted_by=ACTOR)
    last = last_row()
    begin(person)
    keys = sorted([world.harbour.pk, world.meadow.pk])
    assert chains_since(last) == ["provider", *(f"customer:{key}" for key in keys)]


def people_of_three_customers() -> tuple[list[Any], list[Any]]:
    customers = [register_customer(slug=f"c-{n}", name=f"C {n}", registered_by=ACTOR) for n in range(3)]
    people = []
    for number in range(6):
        person = add_person(email=f"p-{number}@example.org", name="P", added_by=ACTOR)
        turned = customers[number % 3 :] + customers[: number % 3]
        for customer in turned if number < 3 else reversed(turned):
            grant_customer_role(person=person, customer=customer, role=CustomerRole.VIEWER, granted_by=ACTOR)
        if number % 2:
            grant_provider_role(person=person, role=ProviderRole.AUDITOR, granted_by=ACTOR)
        people.append(person)
    return people, customers


@pytest.mark.django_db(transaction=True)
def test_many_who_sign_in_at_once_never_lock_each_other_out():
    """Beside them somebody writes as `revoke_roles` does. On PostgreSQL a wrong order ends in a deadlock."""
    people, customers = people_of_three_customers()

    def sign_in_often(person: Any) -> None:
        try:
            for _ in range(15):
                begin(person)
        finally:
            connection.close()

    def others() -> None:
        try:
            for _ in range(30):
                with transaction.atomic():
                    record_provider_audit(actor=ACTOR, action=AuditAction.SITE_CHANGE, subject="x")
                    for customer in sorted(customers, key=lambda one: one.pk):
                        record_customer_audit(
                            customer=customer, actor=ACTOR, action=AuditAction.SITE_CHANGE, subject="x"
                        )
        finally:
            connection.close()

    with ThreadPoolExecutor(7) as pool:
        waiting = [pool.submit(others), *(pool.submit(sign_in_often, person) for person in people)]
    for one in waiting:
        one.result()
    assert all(verify_audit(chain=chain) == chain.length for chain in AuditChain.objects.all())
    assert AuditEntry.objects.filter(action=Step.BEGIN).count() == 15 * (6 * 3 + 3)


def test_what_a_browser_calls_itself_is_shortened_and_cannot_forge_a_line(world: World):
    agent = "Moz\r\nilla\0 \u202egro.elpmaxe\u2066 " + "x" * 500
    record_sign_in(
        person=world.owner, step=Step.BEGIN, actor=world.owner.actor, caller=Caller("192.0.2.1\n" * 20, agent)
    )
    details = AuditEntry.objects.latest("pk").details
    assert details["agent"].startswith("Mozilla gro.elpmaxe xxx")
    assert len(details["agent"]) == 120
    assert "\n" not in details["address"]
    assert len(details["address"]) <= 45


def test_a_strangers_address_is_told_apart_but_not_told(world: World):
    typed = "correct horse battery"
    record_stranger(step=Step.REFUSE, typed=typed, caller=CALLER)
    entry = AuditEntry.objects.latest("pk")
    assert entry.chain.name == "provider"
    assert entry.actor == str(DOOR)
    assert entry.subject == f"unknown:{disguised(' Correct horse BATTERY ')}"
    assert disguised("another") != disguised(typed)
    assert typed not in str(AuditEntry.objects.filter(pk=entry.pk).values())


def test_nobody_without_the_portals_secret_can_try_passwords_on_a_disguise(settings: Any):
    before = disguised("hunter2")
    settings.SECRET_KEY = "another secret"
    assert disguised("hunter2") != before


@pytest.mark.parametrize(
    "step", [Step.PASSWORD_CHANGE, Step.PASSWORD_RESET, Step.FACTOR_ON, Step.FACTOR_OFF, Step.CODES_RENEW]
)
def test_a_changed_sign_in_is_told_by_mail_with_the_address_and_without_the_browsers_words(world: World, step: Step):
    record_sign_in(
        person=world.owner,
        step=step,
        actor=world.owner.actor,
        caller=Caller("198.51.100.7", "visit evil.example"),
    )
    mail = Mail.objects.latest("pk")
    assert (mail.recipient, mail.about) == ("owner@example.org", f"person:{world.owner.pk}")
    assert "198.51.100.7" in mail.body
    assert "/accounts/password/reset/" in mail.body
    assert "evil.example" not in mail.body + mail.subject


def test_an_ordinary_sign_in_is_told_to_nobody_by_mail(world: World):
    before = Mail.objects.count()
    for step in (Step.BEGIN, Step.END, Step.CONFIRM, Step.REFUSE, Step.THROTTLE):
        begin(world.owner, step)
    assert Mail.objects.count() == before

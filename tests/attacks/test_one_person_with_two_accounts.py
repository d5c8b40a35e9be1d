"""Every two-person rule by one administrator: she invites herself a second account, and is two people.

Whatever way the second account comes into being, and whichever of the two asks, it does not count until everybody who
could object has been told and days have passed.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from notices.models import Mail
from notices.operations.send_mails import send_mails
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.request_closing import request_closing
from sensors.models import Case, CaseOutcome, Sensor
from tenants.models import Approval, Person
from tests.support.fleet import Fleet
from tests.support.inviting import EVIL, invite_by_form
from tests.support.later import WEEK, later
from tests.support.second_factors import with_factor_of_now
from tests.support.signed_in import As

__all__ = ["later"]


def disable(client: Any, person: Person) -> None:
    client.post(f"/admin/tenants/person/{person.pk}/change/", {})
    assert not Person.objects.get(pk=person.pk).is_active


def ask(client: Any, case: Case) -> str:
    """The key of the request that waits then."""
    client.post(f"/cases/{case.pk}/closing/", {"outcome": "given-back", "reason": "Found."})
    waiting = Approval.objects.undecided().filter(about=case.about).first()
    return str(waiting.pk) if waiting else ""


def agree(client: Any, case: Case, approval: str) -> None:
    """By the page, and by REST."""
    body = {"approval": approval or "00000000-0000-4000-8000-000000000000"}
    client.post(f"/decisions/{body['approval']}/", {"do": "agree"})
    client.post(f"/api/v1/cases/{case.pk}/closing/agree/", body, content_type="application/json")


def is_given_back(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).closed_at is not None


def assert_case_stands(case: Case) -> None:
    assert not is_given_back(case)
    assert Sensor.objects.get(pk=case.sensor_id).state == "cut-off"


ROLES = [("operator", False), ("administrator", False), ("manager", True)]


@pytest.mark.parametrize(("role", "at_customer"), ROLES)
@pytest.mark.parametrize("evil_asks", [False, True], ids=["she asks", "the second account asks"])
def test_an_account_that_she_invited_is_not_a_second_person(
    fleet: Fleet,
    signed_in: As,
    role: str,
    at_customer: bool,  # noqa: FBT001
    evil_asks: bool,  # noqa: FBT001
):
    case, administrator = fleet.cut_off(), signed_in(fleet.world.administrator)
    evil = invite_by_form(administrator, role=role, customer=fleet.world.harbour.pk if at_customer else "")
    assert evil, "the first administrator invites alone"
    second = signed_in(with_factor_of_now(evil))
    send_mails()
    first, other = (second, administrator) if evil_asks else (administrator, second)
    agree(other, case, ask(first, case))
    assert_case_stands(case)


def test_nor_is_one_that_was_there_before_under_another_role(fleet: Fleet, signed_in: As):
    """A viewer is disabled, and comes back as a manager."""
    case, administrator = fleet.cut_off(), signed_in(fleet.world.administrator)
    viewer = with_factor_of_now(fleet.world.viewer)
    disable(administrator, viewer)
    assert invite_by_form(administrator, email=viewer.email, role="manager", customer=fleet.world.harbour.pk) == viewer
    send_mails()
    agree(signed_in(Person.objects.get(pk=viewer.pk)), case, ask(administrator, case))
    assert_case_stands(case)


def test_nor_is_one_at_the_end_of_a_chain(fleet: Fleet, signed_in: As):
    """She invites an administrator, who invites an operator, who agrees to what she asks for."""
    case, administrator = fleet.cut_off(), signed_in(fleet.world.administrator)
    middle = invite_by_form(administrator, email="middle@example.org", role="administrator")
    assert middle
    link = signed_in(with_factor_of_now(middle))
    assert invite_by_form(link) is None, "now that there are two, both have to want it"
    for one in (link, administrator):
        for approval in Approval.objects.filter(action="person:invite"):
            one.post(f"/decisions/{approval.pk}/", {"do": "agree"})
    assert invite_by_form(administrator) is None
    assert not Person.objects.filter(email=EVIL).exists()
    agree(link, case, ask(administrator, case))
    assert_case_stands(case)


def test_nor_is_one_whose_second_factor_was_taken_away_to_set_up_another(fleet: Fleet, signed_in: As):
    """Somebody tells the owner of the host that the operator has lost her phone."""
    case, operator = fleet.cut_off(), with_factor_of_now(fleet.world.operator)
    call_command("reset_second_factor", operator.email, "--by", "Olga Ortiz")
    send_mails()
    with_factor_of_now(operator)
    agree(signed_in(operator), case, ask(signed_in(fleet.world.administrator), case))
    assert_case_stands(case)


def test_what_somebody_has_asked_for_is_not_agreed_to_once_that_account_was_taken_over(fleet: Fleet, signed_in: As):
    """She sets up the operator's next second factor herself, and agrees to what the operator had asked for."""
    case, operator = fleet.cut_off(), with_factor_of_now(fleet.world.operator)
    approval = ask(signed_in(operator), case)
    call_command("reset_second_factor", operator.email, "--by", "Olga Ortiz")
    send_mails()
    with_factor_of_now(operator)
    agree(signed_in(fleet.world.administrator), case, approval)
    assert_case_stands(case)


@pytest.mark.parametrize("step", ["a factor", "a password", "made by a command on the host", "a role by a command"])
def test_nor_is_one_that_was_made_or_changed_after_the_request(fleet: Fleet, signed_in: As, client: Any, step: str):
    from tenants.operations.grant_role import grant_provider_role
    from tenants.roles import ProviderRole
    from tests.support.fleet import ACTOR
    from tests.support.world import PASSWORD

    case = fleet.cut_off()
    approval = ask(signed_in(fleet.world.administrator), case)
    second = fleet.world.operator
    if step == "a factor":
        with_factor_of_now(second)
    elif step == "a password":
        client.force_login(second)
        body = {"oldpassword": PASSWORD, "password1": "another horse 48", "password2": "another horse 48"}
        assert client.post("/accounts/password/change/", body).status_code == 302
    elif step == "made by a command on the host":
        call_command("create_administrator", EVIL, "Evil Twin")
        second = Person.objects.get(email=EVIL)
    else:
        grant_provider_role(person=second, role=ProviderRole.ADMINISTRATOR, granted_by=ACTOR)
    send_mails()
    agree(signed_in(Person.objects.get(pk=second.pk)), case, approval)
    assert_case_stands(case)
    # A person who was asked before the change does count: nothing is locked for good.
    case = fleet.cut_off("box-2")
    agree(signed_in(Person.objects.get(pk=second.pk)), case, ask(signed_in(fleet.world.administrator), case))
    assert is_given_back(case)


def test_she_is_not_alone_because_she_has_disabled_the_other(fleet: Fleet, signed_in: As, later: Callable[..., None]):
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    administrator = signed_in(fleet.world.administrator)
    disable(administrator, Person.objects.get(email="carla@example.org"))
    assert invite_by_form(administrator) is None
    told = set(Mail.objects.filter(subject__startswith="No longer signs in").values_list("recipient", flat=True))
    assert told == {f"{name}@example.org" for name in ("administrator", "operator", "auditor", "carla")}
    asked = Mail.objects.filter(subject__startswith="Needs a second person")
    assert "carla@example.org" in set(asked.values_list("recipient", flat=True))
    later(WEEK + timedelta(hours=25))
    assert invite_by_form(signed_in(fleet.world.administrator)), "one who is left alone for a week can invite again"


@pytest.mark.parametrize("missing", ["", "a factor", "a week", "a week of the factor", "the mails", "one mail"])
def test_it_counts_once_all_were_told_and_its_factor_is_a_week_old(
    fleet: Fleet, signed_in: As, later: Callable[..., None], missing: str
):
    evil = invite_by_form(signed_in(fleet.world.administrator))
    assert evil
    if missing not in {"a factor", "a week of the factor"}:
        with_factor_of_now(evil)
    if missing != "the mails":
        send_mails()
    if missing == "one mail":
        Mail.objects.filter(recipient="auditor@example.org").update(sent_at=None)
    later(WEEK - timedelta(minutes=1) if missing == "a week" else WEEK + timedelta(minutes=1))
    if missing == "a week of the factor":
        with_factor_of_now(evil)
    case = fleet.cut_off()
    Case.objects.filter(pk=case.pk).update(confirmed_at=timezone.now())
    agree(signed_in(evil), case, ask(signed_in(fleet.world.administrator), case))
    assert is_given_back(case) == (not missing)


def test_two_administrators_invite_a_third_and_all_are_told(fleet: Fleet, signed_in: As):
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    world, carla = fleet.world, Person.objects.get(email="carla@example.org")
    assert invite_by_form(signed_in(world.administrator)) is None
    asked = Mail.objects.filter(subject="Needs a second person: Evil Twin as operator at the provider")
    staff = {f"{name}@example.org" for name in ("administrator", "operator", "auditor", "carla")}
    assert set(asked.values_list("recipient", flat=True)) == staff
    approval = Approval.objects.get(action="person:invite")
    path = f"/decisions/{approval.pk}/"
    assert path in asked[0].body
    for person in (world.administrator, world.operator, world.auditor):
        signed_in(person).post(path, {"do": "agree"})
    for person in (world.owner, world.manager, world.stranger):
        assert signed_in(person).post(path, {"do": "agree"}).status_code == 404
    assert not Person.objects.filter(email=EVIL).exists()
    signed_in(carla).post(path, {"do": "agree"})
    evil = Person.objects.get(email=EVIL)
    assert evil.provider_roles() == {"operator"}
    told = Mail.objects.filter(subject="New account: Evil Twin as operator at the provider")
    assert set(told.values_list("recipient", flat=True)) == staff | {EVIL}
    assert "Done by   Administrator" in told[0].body
    assert "Agreed    Carla Conti" in told[0].body


@pytest.mark.django_db(transaction=True)
def test_eight_who_agree_at_once_make_one_account(settings: Any, tmp_path: Any):
    from accounts.operations.agree_to_invitation import agree_to_invitation
    from accounts.operations.request_invitation import request_invitation
    from tests.support.at_once import at_once
    from tests.support.world import make_world

    world = make_world()
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    carla = Person.objects.get(email="carla@example.org")
    wanted: dict[str, Any] = {"email": EVIL, "name": "Evil", "phone": "", "customer": None, "role": "operator"}
    approval = request_invitation(**wanted, reason="Please.", requested_by=world.administrator)
    outcomes = at_once([partial(agree_to_invitation, approval=approval.pk, approved_by=carla)] * 8)
    assert sorted(type(one).__name__ for one in outcomes) == ["ApprovalRefused"] * 7 + ["Person"]
    assert Person.objects.filter(email=EVIL).count() == 1


def test_the_operations_themselves_refuse_whatever_door_is_built_next(fleet: Fleet, signed_in: As):
    case = fleet.cut_off()
    evil = invite_by_form(signed_in(fleet.world.administrator))
    assert evil
    with_factor_of_now(evil)
    send_mails()
    asked = request_closing(
        case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=fleet.world.administrator
    )
    with pytest.raises(Exception, match="counts as one of two people from"):
        close_case(case=case, approval=asked.pk, approved_by=evil)
    with pytest.raises(Exception, match="counts as one of two people from"):
        request_closing(case=fleet.cut_off("box-2"), outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=evil)

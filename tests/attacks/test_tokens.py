"""Somebody with a token, or without: to be its person, to be more than its person, to stay when that one has gone."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import budgets
from accounts.models import AccessToken, AccessTokenUse
from accounts.operations.end_all_sessions import end_all_sessions
from accounts.operations.record_sign_in import Step, record_sign_in
from accounts.operations.revoke_token import revoke_token
from accounts.token_text import new_token, read_token
from database.roles.declaration import PEOPLE
from sensors.cases.operations.request_closing import request_closing
from sensors.models import Case, CaseOutcome
from tenants.confinement import Confinement
from tenants.models import Approval, AuditEntry, Person
from tenants.operations.decide_approval import ApprovalRefused, using_approval
from tenants.operations.grant_role import grant_customer_role, grant_provider_role, revoke_roles
from tenants.roles import CustomerRole, Permission, ProviderRole
from tests.support.after_the_answer import wait_for_what_is_done_after_the_answer
from tests.support.answers import what_it_shows
from tests.support.checkout import CHECKOUT
from tests.support.fleet import ACTOR, Fleet
from tests.support.later import later
from tests.support.purses import Clock, clock
from tests.support.roles import acting_as
from tests.support.second_factors import reset_by_command, with_second_factor
from tests.support.signed_in import As, no_static_files
from tests.support.tenants.making import fresh
from tests.support.tokens import CALLER, by_token, token_of
from tests.support.world import World

__all__ = ["clock", "later", "no_static_files"]

LIST = "/api/v1/sensors/"


def status_by(token: str, path: str = LIST) -> int:
    return int(by_token(token).get(path).status_code)


# What is answered


def test_a_good_one_reads_what_its_person_reads(fleet: Fleet):
    ours, _ = fleet.register("box-1"), fleet.register("box-2", fleet.world.dairy)
    answer = by_token(token_of(fleet.world.owner, Permission.SENSOR_VIEW)).get(LIST)
    assert [each["id"] for each in answer.json()["results"]] == [str(ours.pk)]


def test_wrong_ended_and_revoked_ones_look_the_same(world: World, later: Any):
    revoked, expired, good = (token_of(world.owner, days=days) for days in (90, 1, 90))
    row = AccessToken.objects.get(prefix=revoked[4:12])
    revoke_token(token=row, revoked_by=world.owner, caller=CALLER)
    later(timedelta(days=2))
    text = read_token(good)
    assert text
    other_secret = type(text)(text.prefix, new_token().secret).written()
    bad = [revoked, expired, other_secret, new_token().written(), good[:-1], good + "x", "nonsense", "", "é"]
    answers = [by_token(token).get(LIST) for token in bad]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["Content-Type"] == "application/problem+json"
    assert answers[0]["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert answers[0].json()["reason"] == "token-refused"
    assert status_by(good) == 200


def test_one_does_not_work_from_an_address_or_a_form(world: World):
    token = token_of(world.owner)
    for query in ("token", "access_token", "Authorization"):
        assert Client().get(f"{LIST}?{query}={token}").status_code in {400, 403}
    assert Client().post(LIST, {"access_token": token}).status_code == 403


def test_a_session_does_not_stand_in_for_a_bad_token(world: World, signed_in: As):
    client = signed_in(world.operator)
    assert client.get(LIST).status_code == 200
    headers = {"Authorization": f"Bearer {new_token().written()}"}
    assert client.get(LIST, headers=headers).status_code == 401


def test_a_session_beside_it_does_not_widen_a_token(world: World, signed_in: As):
    headers = {"Authorization": f"Bearer {token_of(world.viewer, Permission.CASE_VIEW)}"}
    assert signed_in(world.operator).get(LIST, headers=headers).status_code == 403


# What it opens


@pytest.mark.parametrize(
    "path", ["/", "/cases/", "/accounts/2fa/", "/accounts/tokens/", "/accounts/tokens/new/", "/admin/"]
)
def test_it_opens_no_page(world: World, path: str):
    answer = by_token(token_of(world.administrator)).get(path)
    assert (answer.status_code, "/login/" in answer["Location"]) == (302, True)
    assert not answer.cookies.get("sessionid")


def test_it_makes_and_revokes_no_tokens(world: World):
    token = token_of(world.administrator)
    before = list(AccessToken.objects.values())
    row = AccessToken.objects.get()
    client = by_token(token)
    for path in (
        "/accounts/tokens/new/",
        f"/accounts/tokens/{row.prefix}/revoke/",
        f"/admin/accounts/accesstoken/{row.pk}/revoke/",
    ):
        assert client.post(path, {"name": "x", "permissions": "sensor:view", "days": "365"}).status_code == 302
    assert list(AccessToken.objects.values()) == before
    with pytest.raises(ValidationError, match="makes no tokens"):
        token_of(confined(world.administrator), Permission.SENSOR_VIEW)


def confined(person: Any, *permissions: Permission) -> Person:
    """As a program speaks for them."""
    same = fresh(person)
    same.confined_to = Confinement("abcdefgh", frozenset(permissions or Permission), None)
    return same


def test_it_is_neither_of_two_people(fleet: Fleet):
    world, case = fleet.world, fleet.cut_off()
    client = by_token(token_of(world.operator))
    asked = client.post(
        f"/api/v1/cases/{case.pk}/closing/",
        {"outcome": "given-back", "reason": "Found."},
        content_type="application/json",
    )
    assert (asked.status_code, asked.json()["reason"]) == (403, "not-by-token")
    waiting = request_closing(case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=world.operator)
    agreed = by_token(token_of(world.administrator)).post(
        f"/api/v1/cases/{case.pk}/closing/agree/", {"approval": str(waiting.pk)}, content_type="application/json"
    )
    assert (agreed.status_code, agreed.json()["reason"]) == (403, "not-by-token")
    assert Approval.objects.get().verdict == ""


def test_the_operations_refuse_it_as_well(fleet: Fleet):
    """Whatever door forgets to ask."""
    world, case = fleet.world, fleet.cut_off()
    with pytest.raises(ValidationError, match="people"):
        request_closing(
            case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=confined(world.operator)
        )
    waiting = request_closing(case=case, outcome=CaseOutcome.GIVEN_BACK, reason="Found.", requested_by=world.operator)
    with (
        pytest.raises(ApprovalRefused, match="people"),
        transaction.atomic(),
        using_approval(
            approval=waiting.pk,
            about=case.about,
            approved_by=confined(world.administrator),
            agreeing_needs=Permission.APPROVAL_GIVE,
            still_needs=Permission.CASE_CLOSE,
        ),
    ):
        pass


def test_it_lets_no_held_box_have_its_key(fleet: Fleet):
    sensor = fleet.connected()
    path = f"/api/v1/sensors/{sensor.pk}/permit-key/"
    answer = by_token(token_of(fleet.world.operator)).post(
        path, {"public_address": "203.0.113.9"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["reason"]) == (403, "not-by-token")


def test_a_row_that_says_more_gives_no_more(world: World):
    """Written past the operation, by somebody who holds the people's door: what no token may do stays out."""
    person = confined(world.administrator, *Permission)
    for permission in (Permission.APPROVAL_GIVE, Permission.PERSON_MANAGE, Permission.DISK_KEY_PERMIT):
        assert not person.permits_at_provider(permission)
        assert not world.harbour.permits(person, permission)
        assert world.harbour.permits(world.administrator, permission)


def test_a_token_for_one_customer_knows_no_other(fleet: Fleet):
    world = fleet.world
    ours, theirs = fleet.register("box-1"), fleet.register("box-2", world.dairy)
    client = by_token(token_of(world.operator, customer=world.harbour))
    assert [each["id"] for each in client.get(LIST).json()["results"]] == [str(ours.pk)]
    assert client.get(f"{LIST}{theirs.pk}/").status_code == 404
    missing = client.get(f"{LIST}00000000-0000-4000-8000-000000000000/")
    assert what_it_shows(client.get(f"{LIST}{theirs.pk}/")) == what_it_shows(missing)
    for site, expected in ((world.quay, 201), (world.dairy, 404)):
        body = {"site": str(site.pk), "gateway": "gateway-1", "name": "box-9"}
        assert client.post(LIST, body, content_type="application/json").status_code == expected
    revoked = client.post(
        f"/api/v1/gateways/{world.gateway.pk}/revoke/", {"reason": "x"}, content_type="application/json"
    )
    assert revoked.status_code == 404


# What ends it


def test_a_person_who_is_removed_takes_their_tokens_along(world: World):
    token = token_of(world.owner)
    revoke_roles(person=world.owner, revoked_by=ACTOR)
    assert status_by(token) == 401


def test_who_is_invited_again_finds_no_old_token(world: World):
    token = token_of(world.owner)
    revoke_roles(person=fresh(world.owner), revoked_by=ACTOR)
    Person.objects.filter(pk=world.owner.pk).update(is_active=True)
    grant_customer_role(person=fresh(world.owner), customer=world.harbour, role=CustomerRole.CONTACT, granted_by=ACTOR)
    assert status_by(token_of(fresh(world.owner), name="new")) == 200
    assert status_by(token) == 401


def test_a_role_that_ends_ends_what_was_made_with_it(world: World):
    token = token_of(world.operator)
    grant_provider_role(person=world.operator, role=ProviderRole.AUDITOR, granted_by=ACTOR)
    assert status_by(token) == 401
    grant_provider_role(person=fresh(world.operator), role=ProviderRole.OPERATOR, granted_by=ACTOR)
    assert status_by(token) == 401


def test_a_customers_role_that_ends_does_so_too_but_not_for_another_customer(world: World):
    manager = world.manager
    grant_customer_role(person=manager, customer=world.meadow, role=CustomerRole.CONTACT, granted_by=ACTOR)
    everywhere, here, there = (
        token_of(manager),
        token_of(manager, customer=world.harbour),
        token_of(manager, customer=world.meadow),
    )
    grant_customer_role(person=manager, customer=world.harbour, role=CustomerRole.VIEWER, granted_by=ACTOR)
    assert [status_by(each) for each in (everywhere, here, there)] == [401, 401, 200]


def test_a_role_that_was_taken_away_in_the_database_alone_leaves_nothing(world: World):
    """Also without a row of it: what the person may is asked at each call."""
    token = token_of(world.owner, Permission.SENSOR_VIEW, Permission.LOSS_REPORT)
    world.owner.groups.clear()
    assert by_token(token).get(LIST).json()["results"] == []


@pytest.mark.parametrize("name", ["administrator", "operator", "auditor", "manager"])
def test_a_second_factor_that_is_gone_takes_the_tokens_along(world: World, settings: Any, name: str):
    settings.SECOND_FACTOR = "required"
    person = getattr(world, name)
    with_second_factor(person)
    token = token_of(fresh(person))
    assert status_by(token, "/api/v1/cases/") == 200
    reset_by_command(person.email)
    assert status_by(token, "/api/v1/cases/") == 401
    with_second_factor(person)
    assert status_by(token, "/api/v1/cases/") == 401


def test_a_second_factor_that_is_gone_without_a_row_does_so_too(world: World, settings: Any):
    settings.SECOND_FACTOR = "required"
    with_second_factor(world.operator)
    token = token_of(fresh(world.operator))
    Authenticator.objects.filter(user=world.operator).delete()
    assert status_by(token) == 401


def test_who_comes_to_need_a_second_factor_needs_it_for_tokens_as_well(world: World, settings: Any):
    settings.SECOND_FACTOR = "required"
    token = token_of(world.owner)
    grant_customer_role(person=world.owner, customer=world.meadow, role=CustomerRole.MANAGER, granted_by=ACTOR)
    assert status_by(token) == 401


def test_one_that_its_person_turned_off_is_enough(world: World):
    with_second_factor(world.owner)
    token = token_of(world.owner)
    record_sign_in(person=world.owner, step=Step.FACTOR_OFF, actor=world.owner.actor, caller=CALLER)
    assert status_by(token) == 401


def test_no_token_comes_back_with_a_backup(world: World):
    token = token_of(world.owner)
    end_all_sessions()
    assert status_by(token) == 401
    assert AccessToken.objects.get().revoked_at


def test_the_people_s_door_takes_no_revocation_back_and_gives_no_longer_life(world: World):
    """PostgreSQL refuses it to the process; SQLite has no roles."""
    token_of(world.owner)
    row = AccessToken.objects.get()
    revoke_token(token=row, revoked_by=world.owner, caller=CALLER)
    if connection.vendor != "postgresql":
        return
    changes: list[Callable[[], object]] = [
        lambda: AccessToken.objects.update(revoked_at=None),
        lambda: AccessToken.objects.update(expires_at=row.expires_at + timedelta(days=1)),
        lambda: AccessToken.objects.update(secret_hash="0" * 64),
        lambda: AccessToken.objects.update(permissions=["person:manage"]),
        lambda: AccessToken.objects.update(endings_seen=99),
        lambda: AccessTokenUse.objects.all().delete(),
        lambda: AccessToken.objects.all().delete(),
        lambda: AccessToken.objects.create(
            person=world.owner,
            name="for ever",
            prefix="abcdefgh",
            secret_hash="0" * 64,
            made_at=row.made_at,
            expires_at=row.made_at + timedelta(days=400),
            endings_seen=0,
        ),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as(PEOPLE):
            change()


# Guessing


def test_wrong_ones_are_limited_and_right_ones_never_kept_out(world: World, clock: Clock):
    good = token_of(world.owner)
    burst = budgets.TOKENS_FROM_NETWORK.burst
    wrong = [status_by(new_token().written()) for _ in range(burst + 2)]
    assert wrong == [401] * burst + [429] * 2
    refused = by_token(new_token().written()).get(LIST)
    assert (refused["Content-Type"], int(refused["Retry-After"]) >= 1) == ("application/problem+json", True)
    assert status_by(good) == 200
    clock.move_on(budgets.TOKENS_FROM_NETWORK.refill)
    assert status_by(new_token().written()) == 401


def test_guesses_leave_no_rows_but_what_its_owner_may_want_to_know(world: World):
    token = token_of(world.owner)
    revoke_token(token=AccessToken.objects.get(), revoked_by=world.owner, caller=CALLER)
    text = read_token(token)
    assert text
    for _ in range(5):
        status_by(new_token().written())
        status_by(type(text)(text.prefix, new_token().secret).written())
    wait_for_what_is_done_after_the_answer()
    assert not AuditEntry.objects.filter(action="person:token:refuse").exists()


@pytest.mark.django_db(transaction=True)
def test_who_holds_an_old_one_leaves_one_row_in_a_while(fleet: Fleet):
    owner = fleet.world.owner
    token = token_of(owner)
    revoke_token(token=AccessToken.objects.get(), revoked_by=owner, caller=CALLER)
    for _ in range(4):
        assert status_by(token) == 401
    wait_for_what_is_done_after_the_answer()
    entry = AuditEntry.objects.get(action="person:token:refuse")
    assert (entry.subject, entry.details["reason"], entry.details["token"]) == (owner.email, "revoked", token[4:12])


# What is written of it


def test_what_was_done_by_a_token_names_the_token(fleet: Fleet):
    token = token_of(fleet.world.owner)
    sensor = fleet.connected()
    answer = by_token(token).post(
        f"{LIST}{sensor.pk}/report-loss/", {"kind": "stolen"}, content_type="application/json"
    )
    assert answer.status_code == 201
    entry = AuditEntry.objects.get(action="case:open")
    assert (entry.actor, entry.details["token"]) == ("person:owner@example.org", token[4:12])
    assert Case.objects.get().reported_by == fleet.world.owner
    with_token = AuditEntry.objects.exclude(details__token=None).values_list("action", flat=True)
    assert {"sensor:state:change", "certificate:revoke"} <= set(with_token)


def test_its_secret_is_in_no_log_row_or_mail(
    fleet: Fleet, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, settings: Any
):
    """Nor where a view falls over: in what is logged, in Django's page for it, in a repr."""
    token = token_of(fleet.world.owner)
    caplog.set_level(logging.DEBUG)
    for path in (LIST, "/", f"{LIST}x/", "/api/v1/gateways/"):
        by_token(token).get(path)
    by_token(token + "x").get(LIST)
    settings.DEBUG = True
    monkeypatch.setattr("sensors.fleet.api.sensors.with_live_state", lambda _: 1 / 0)
    broken = by_token(token).get(LIST)
    monkeypatch.setattr("accounts.token_bearer.note_token_use", lambda **_: 1 / 0)
    broken_early = by_token(token).get(LIST)
    assert (broken.status_code, broken_early.status_code) == (500, 500)
    secret = token[13:]
    said = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert "ZeroDivisionError" in said
    shown = {
        "the log": said,
        "the page of a view that fell over": broken.content.decode(),
        "the page of a look at a token that fell over": broken_early.content.decode(),
        "the database": str(_every_row()),
        "a repr": repr(read_token(token)),
    }
    assert [place for place, text in shown.items() if secret in text] == []


def _every_row() -> list[Any]:
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # a name of our own
            rows += cursor.fetchall()
    return rows


def test_no_log_of_a_door_is_told_to_hold_headers():
    for file in (CHECKOUT / "portal" / "deploy" / "nginx").iterdir():
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"http_authorization|http_cookie", text, re.IGNORECASE), file.name
    units = "\n".join(
        file.read_text() for file in (CHECKOUT / "portal" / "deploy" / "systemd").iterdir() if file.is_file()
    )
    assert "access-logformat" not in units


def test_its_use_is_written_once_a_minute(world: World, later: Any):
    token = token_of(world.owner)
    client = by_token(token)
    for address in ("203.0.113.1", "203.0.113.2"):
        client.get(LIST, headers={"X-Real-IP": address, "Authorization": f"Bearer {token}"})
    use = AccessTokenUse.objects.get()
    assert use.address == "203.0.113.1"
    later(timedelta(seconds=61))
    client.get(LIST, headers={"X-Real-IP": "203.0.113.3", "Authorization": f"Bearer {token}"})
    use.refresh_from_db()
    assert use.address == "203.0.113.3"


def test_csrf_is_nothing_to_a_program(fleet: Fleet):
    sensor = fleet.connected()
    client = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {token_of(fleet.world.owner)}"}
    path = f"{LIST}{sensor.pk}/report-loss/"
    assert client.post(path, {"kind": "lost"}, content_type="application/json", headers=headers).status_code == 201

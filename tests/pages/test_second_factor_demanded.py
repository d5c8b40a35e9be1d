"""Who must have a second factor and has not shown one in this session gets to its set-up, and nowhere else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from accounts.second_factor import OPEN, Due
from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from sensors.models import Case
from tenants.models import AuditEntry, Person
from tenants.operations.grant_role import grant_customer_role, grant_provider_role
from tenants.roles import CustomerRole, ProviderRole
from tests.support.fleet import ACTOR, Fleet, new_csr
from tests.support.machines_door import settings_of
from tests.support.one_time_codes import unused_code
from tests.support.second_factors import demanded
from tests.support.signed_in import As, is_in

PASSWORD = "correct horse battery"
SET_UP = "/accounts/2fa/"
SHOW = "/accounts/2fa/reauthenticate/"
MUST = ("administrator", "operator", "auditor", "manager")
NEED_NOT = ("owner", "viewer", "stranger")


__all__ = ["demanded"]

pytestmark = pytest.mark.usefixtures("demanded")


def factor_of(person: Person) -> str:
    """A new one; returns its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def come_in(person: Person, code: str = "") -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    if code:
        assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    return client


def set_up(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    code = unused_code(client.session["mfa.totp.secret"])
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302


def every_address() -> list[str]:
    """One of each pattern of the people's door, with something in the place of each argument."""

    def all_of(resolver: URLResolver, before: str) -> list[str]:
        found: list[str] = []
        for pattern in resolver.url_patterns:
            path = before + str(pattern.pattern)
            found += all_of(pattern, path) if isinstance(pattern, URLResolver) else [path]
        return found

    filled = []
    for path in all_of(get_resolver("portal.urls"), "/"):
        path = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", path)
        path = re.sub(r"<\w+:\w+>|<\w+>", "1", path)
        path = re.sub(r"\(\?P1(?:\[[^]]*\]|[^)])*\)", "1", path)
        filled.append(path.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "").replace("/?", "/"))
    return filled


def is_a_refusal(response: Any, path: str, *, to: str) -> bool:
    if path.startswith("/api/"):
        body = response.json() if response["Content-Type"] == "application/problem+json" else {}
        return (response.status_code, body.get("reason")) == (403, "second-factor-needed")
    return bool(response.status_code == 302 and response["Location"].partition("?")[0] == to)


@pytest.mark.parametrize("name", MUST)
def test_after_the_password_who_must_have_one_is_led_to_its_set_up(fleet: Fleet, name: str):
    client = come_in(getattr(fleet.world, name))
    assert client.get("/")["Location"] == SET_UP
    page = client.get(SET_UP)
    assert page.status_code == 200
    assert "signing in takes a second factor as well" in page.content.decode()


@pytest.mark.parametrize("name", NEED_NOT)
def test_everybody_else_may_have_one_and_goes_on_without(fleet: Fleet, name: str):
    client = come_in(getattr(fleet.world, name))
    assert is_in(client)
    assert client.get("/api/v1/sensors/").status_code == 200
    assert "takes a second factor as well" not in client.get(SET_UP).content.decode()


@pytest.mark.parametrize("mark", ["is_staff", "is_superuser"])
def test_who_may_enter_the_admin_without_any_role_must_have_one_too(fleet: Fleet, mark: str):
    Person.objects.filter(pk=fleet.world.viewer.pk).update(**{mark: True})
    assert come_in(fleet.world.viewer).get("/admin/")["Location"] == SET_UP


def test_a_role_at_the_provider_is_enough_without_the_mark_of_the_admin(fleet: Fleet):
    Person.objects.filter(pk=fleet.world.auditor.pk).update(is_staff=False)
    assert not is_in(come_in(fleet.world.auditor))


@pytest.mark.parametrize("chosen", ["required", "offered"])
def test_somebody_who_was_disabled_is_signed_out_at_once(fleet: Fleet, settings: Any, chosen: str):
    """The person is loaded by our own backend now, which has to know this as well."""
    settings.SECOND_FACTOR = chosen
    client = come_in(fleet.world.owner)
    assert is_in(client)
    Person.objects.filter(pk=fleet.world.owner.pk).update(is_active=False)
    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert client.get("/api/v1/sensors/").json()["reason"] == "not-authenticated"


def test_a_manager_of_one_customer_who_only_looks_on_at_another_must_have_one(fleet: Fleet):
    grant_customer_role(
        person=fleet.world.stranger, customer=fleet.world.harbour, role=CustomerRole.MANAGER, granted_by=ACTOR
    )
    assert not is_in(come_in(fleet.world.stranger))


@pytest.mark.parametrize("due", [Due.SET_UP, Due.SHOW])
@pytest.mark.parametrize("name", ["administrator", "manager"])
def test_every_address_is_refused_except_those_on_the_short_list(fleet: Fleet, signed_in: As, name: str, due: Due):
    """Read from the urlconf: one that is added later is refused as well, or this fails."""
    if due is Due.SHOW:
        factor_of(getattr(fleet.world, name))
    client = signed_in(getattr(fleet.world, name))
    to = SET_UP if due is Due.SET_UP else SHOW
    paths = [
        *every_address(),
        "/nowhere",
        "/static/nothing.css",
        "/admin",
        "//admin/",
        "/api/v2/anything/",
        "/accounts/",
    ]
    let_in = [path for path in paths if not is_a_refusal(client.get(path), path, to=to)]
    # A mailed link only makes the browser known.
    links = [path for path in let_in if path.startswith("/accounts/browser/")]
    assert len(links) == 3
    # The page itself leads to where one shows that it is still the same person.
    assert (
        sorted(set(let_in) - set(links))
        == {
            Due.SET_UP: [
                "/accounts/2fa/",
                "/accounts/2fa/totp/activate/",
                "/accounts/logout/",
                "/accounts/passkeys/add/",
                "/accounts/passkeys/add/challenge/",
                "/accounts/password/change/",
                "/accounts/reauthenticate/",
                "/api/v1/enrol",
            ],
            Due.SHOW: [
                "/accounts/2fa/reauthenticate/",
                "/accounts/logout/",
                "/accounts/passkeys/confirm/",
                "/accounts/passkeys/confirm/challenge/",
                "/api/v1/enrol",
            ],
        }[due]
    )


def test_each_of_these_addresses_leads_somewhere():
    """What leads nowhere is refused in any case, and would prove nothing."""
    assert len(every_address()) > 100
    for path in every_address():
        resolve(path)


def test_the_short_list_names_addresses_that_exist():
    names = {pattern.name for pattern in _patterns(get_resolver("portal.urls"))}
    assert set().union(*OPEN.values()) <= names


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for each in resolver.url_patterns:
        found += _patterns(each) if isinstance(each, URLResolver) else [each]
    return found


def test_nothing_is_shown_and_nothing_changes_before(fleet: Fleet):
    sensor = fleet.connected("box-secret")
    client = come_in(fleet.world.manager)
    before = AuditEntry.objects.count()
    tries: list[tuple[Callable[..., Any], str, dict[str, Any]]] = [
        (client.post, f"/sensors/{sensor.pk}/report/", {"kind": "stolen"}),
        (client.post, f"/api/v1/sensors/{sensor.pk}/report-loss/", {"kind": "stolen"}),
        (client.put, "/", {}),
        (client.delete, f"/api/v1/sensors/{sensor.pk}/", {}),
        (client.get, f"/sensors/{sensor.pk}/", {}),
        (client.head, f"/sensors/{sensor.pk}/", {}),
        (client.options, "/api/v1/sensors/", {}),
    ]
    for ask, path, body in tries:
        response = ask(path, body)
        assert is_a_refusal(response, path, to=SET_UP), path
        assert b"box-secret" not in response.content
    assert not Case.objects.exists()
    assert AuditEntry.objects.count() == before


def test_programs_are_told_by_a_reason_spelled_like_all_others(fleet: Fleet, signed_in: As):
    response = signed_in(fleet.world.operator).get("/api/v1/sensors/")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert set(response.json()) == {"status", "reason", "detail"}
    assert response.json()["reason"] == "second-factor-needed"


def test_a_box_enrols_also_from_where_somebody_is_signed_in(fleet: Fleet, signed_in: As):
    body = {"code": "AAAAA-BBBBB", "csr": new_csr()}
    response = signed_in(fleet.world.operator).post("/api/v1/enrol", body, content_type="application/json")
    assert response.json()["reason"] == "code-refused"


def test_a_live_page_gets_a_redirect_which_makes_it_load_itself_anew(fleet: Fleet, signed_in: As):
    response = signed_in(fleet.world.operator).get("/", headers={"HX-Request": "true"})
    assert (response.status_code, response["Location"]) == (302, SET_UP)
    assert "no-store" in response["Cache-Control"]


def test_who_has_set_one_up_goes_on_in_the_same_session(fleet: Fleet):
    client = come_in(fleet.world.manager)
    set_up(client)
    assert is_in(client)
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200


def test_a_code_that_turned_nothing_on_opens_nothing(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """Two sessions try at once: the one whose secret was not stored has shown nothing of the other's."""
    client = come_in(fleet.world.manager)
    monkeypatch.setattr("allauth.mfa.totp.views.flows.activate_totp", lambda *_: (factor_of(fleet.world.manager), None))
    set_up(client)
    assert client.get("/")["Location"].startswith(SHOW)


def test_a_session_from_before_the_set_up_has_to_show_the_factor_and_then_goes_where_it_wanted(fleet: Fleet):
    early = come_in(fleet.world.manager)
    secret = factor_of(fleet.world.manager)
    asked = early.get("/cases/?page=1")
    assert asked["Location"] == f"{SHOW}?next=%2Fcases%2F%3Fpage%3D1"
    assert "this session began without it" in early.get(asked["Location"]).content.decode()
    assert early.post(SHOW, {"code": "000000", "next": "/cases/"}).status_code == 200
    assert not is_in(early)
    shown = early.post(SHOW, {"code": unused_code(secret), "next": "/cases/?page=1"})
    assert shown["Location"] == "/cases/?page=1"
    assert is_in(early)


def test_such_a_session_cannot_read_recovery_codes_with_the_password(fleet: Fleet):
    """They would let it pass: with a stolen session and a stolen password, no phone would be needed."""
    early = come_in(fleet.world.manager)
    factor_of(fleet.world.manager)
    RecoveryCodes.activate(fleet.world.manager)
    early.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for path in ("/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/download/"):
        assert early.get(path)["Location"].partition("?")[0] == SHOW
    early.post("/accounts/2fa/recovery-codes/generate/")
    early.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.count() == 2
    assert not is_in(early)


@pytest.mark.parametrize("name", MUST)
def test_signing_in_with_both_factors_is_enough(fleet: Fleet, name: str):
    person = getattr(fleet.world, name)
    assert is_in(come_in(person, unused_code(factor_of(person))))


def test_a_recovery_code_stands_in_for_the_phone_also_after_new_codes_were_made(fleet: Fleet):
    factor_of(fleet.world.manager)
    client = come_in(fleet.world.manager, RecoveryCodes.activate(fleet.world.manager).get_unused_codes()[0])
    assert is_in(client)
    Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(fleet.world.manager)
    assert is_in(client)


@pytest.mark.parametrize("how", ["app", "recovery code", "set up here"])
def test_a_factor_that_was_taken_away_does_not_count_for_the_next_one(fleet: Fleet, how: str):
    """No verdict outlives the factor: neither while there is none, nor once there is another."""
    manager = fleet.world.manager
    if how == "set up here":
        client = come_in(manager)
        set_up(client)
    else:
        secret, codes = factor_of(manager), RecoveryCodes.activate(manager).get_unused_codes()
        client = come_in(manager, unused_code(secret) if how == "app" else codes[0])
    assert is_in(client)
    Authenticator.objects.filter(user=manager).delete()
    assert client.get("/")["Location"] == SET_UP
    factor_of(manager)
    assert client.get("/")["Location"].startswith(SHOW)


def test_recovery_codes_that_were_left_behind_are_no_factor(fleet: Fleet):
    RecoveryCodes.activate(fleet.world.manager)
    assert come_in(fleet.world.manager).get("/")["Location"] == SET_UP


@pytest.mark.parametrize("role", [CustomerRole.MANAGER, ProviderRole.AUDITOR])
def test_a_role_that_is_granted_later_is_noticed_at_the_next_request(fleet: Fleet, role: Any):
    client = come_in(fleet.world.viewer)
    assert is_in(client)
    if isinstance(role, CustomerRole):
        grant_customer_role(person=fleet.world.viewer, customer=fleet.world.harbour, role=role, granted_by=ACTOR)
    else:
        grant_provider_role(person=fleet.world.viewer, role=role, granted_by=ACTOR)
    assert client.get("/")["Location"] == SET_UP


def test_who_showed_the_factor_before_the_role_was_granted_is_not_asked_again(fleet: Fleet):
    client = come_in(fleet.world.viewer)
    set_up(client)
    grant_provider_role(person=fleet.world.viewer, role=ProviderRole.OPERATOR, granted_by=ACTOR)
    assert is_in(client)


def test_a_session_that_came_about_in_any_other_way_has_to_show_the_factor_itself(fleet: Fleet, signed_in: As):
    factor_of(fleet.world.operator)
    assert not is_in(signed_in(fleet.world.operator))


def test_what_is_demanded_cannot_be_turned_off_and_the_page_says_so(fleet: Fleet):
    client = come_in(fleet.world.manager)
    set_up(client)
    before = AuditEntry.objects.count()
    for answer in (client.get("/accounts/2fa/totp/deactivate/"), client.post("/accounts/2fa/totp/deactivate/")):
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "Your role asks for a second factor, and this is your only one." in text
        assert "Turn it off</button>" not in text
    assert Authenticator.objects.filter(type="totp").exists()
    assert AuditEntry.objects.count() == before
    assert "Turn it off" not in client.get(SET_UP).content.decode()


def test_who_need_not_have_one_may_turn_it_off(fleet: Fleet):
    client = come_in(fleet.world.owner)
    set_up(client)
    assert "Turn it off" in client.get(SET_UP).content.decode()
    client.get("/accounts/2fa/totp/deactivate/")
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    assert is_in(client)


def test_it_costs_no_query_of_its_own(fleet: Fleet, settings: Any):
    """What decides comes with the person, whom the request loads in any case."""
    client = come_in(fleet.world.operator, unused_code(factor_of(fleet.world.operator)))

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    for path in ("/sensors/", "/api/v1/sensors/", "/admin/"):
        settings.SECOND_FACTOR = "required"
        queries(path)
        demanded = queries(path)
        settings.SECOND_FACTOR = "offered"
        assert demanded == queries(path)


def test_a_refusal_costs_the_session_and_the_person(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.operator)
    with CaptureQueriesContext(connection) as seen:
        client.get("/")
    assert len(seen) == 2


def test_who_is_not_signed_in_costs_nothing(db: None):
    with CaptureQueriesContext(connection) as seen:
        response = Client().get("/accounts/login/")
    assert len(seen) == 0
    assert response.status_code == 200


def test_what_machines_fetch_without_a_cookie_stays_the_same_for_everybody(fleet: Fleet):
    """Looking into a session would make each answer one of its own, also for a cache in front of us."""
    publish_crl(authority=fleet.authority, signer=configured_signer(), now=timezone.now())
    response = Client().get(f"/pki/{fleet.authority.name}.crl")
    assert response.status_code == 200
    assert "Vary" not in response


def test_when_it_is_offered_nobody_must_have_one(fleet: Fleet, settings: Any):
    settings.SECOND_FACTOR = "offered"
    client = come_in(fleet.world.administrator)
    for path in ("/sensors/", "/admin/", "/api/v1/sensors/"):
        assert client.get(path).status_code == 200


def test_it_is_required_unless_somebody_says_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    monkeypatch.delenv("NSMAAS_SECOND_FACTOR", raising=False)
    assert settings_of("people", tmp_path)["SECOND_FACTOR"] == "required"
    monkeypatch.setenv("NSMAAS_SECOND_FACTOR", "offered")
    assert settings_of("people", tmp_path / "of another")["SECOND_FACTOR"] == "offered"


def test_a_typing_error_in_the_setting_does_not_start(monkeypatch: pytest.MonkeyPatch):
    from portal import env

    monkeypatch.setenv("NSMAAS_SECOND_FACTOR", "offred")
    with pytest.raises(ImproperlyConfigured, match="must be one of required, offered"):
        env.choice("NSMAAS_SECOND_FACTOR", "required", "offered")


def test_an_unknown_value_demands_it(fleet: Fleet, settings: Any):
    settings.SECOND_FACTOR = ""
    assert not is_in(come_in(fleet.world.operator))


@pytest.mark.parametrize(
    ("chosen", "address", "debug", "warned"),
    [
        ("offered", "https://portal.example.org", False, True),
        ("offered", "http://localhost.example.org", False, True),
        ("offered", "http://127.0.0.1:8000", False, False),
        ("offered", "http://localhost:8000", False, False),
        ("offered", "https://portal.example.org", True, False),
        ("required", "https://portal.example.org", False, False),
    ],
)
def test_a_deployment_that_only_offers_it_is_warned(
    *, settings: Any, chosen: str, address: str, debug: bool, warned: bool
):
    settings.SECOND_FACTOR, settings.BASE_URL, settings.DEBUG = chosen, address, debug
    found = [message for message in run_checks(include_deployment_checks=True) if message.id == "portal.W001"]
    assert bool(found) is warned
    assert "portal.W001" not in [message.id for message in run_checks()]


@pytest.mark.parametrize("days", ["0", "-1", "a week"])
def test_accounts_do_not_settle_at_once_by_a_typing_error(monkeypatch: pytest.MonkeyPatch, days: str):
    from portal import env

    monkeypatch.setenv("NSMAAS_ACCOUNT_SETTLES_AFTER_DAYS", days)
    with pytest.raises(ImproperlyConfigured, match="NSMAAS_ACCOUNT_SETTLES_AFTER_DAYS"):
        env.number("NSMAAS_ACCOUNT_SETTLES_AFTER_DAYS", 7, at_least=1)

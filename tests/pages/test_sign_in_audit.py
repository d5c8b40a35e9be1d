"""No way in, out or around without its row in the audit trail, and no row without what it tells of."""

from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt
from django.contrib.sessions.models import Session
from django.test import Client

from notices.models import Mail
from tenants.models import AuditEntry, Person
from tests.support.audit_rows import no_room_for_an_entry
from tests.support.fleet import Fleet
from tests.support.locked_tables import CHAIN, locks
from tests.support.one_time_codes import unused_code

PASSWORD = "correct horse battery"
NEW = "another horse, another battery"
OWNER = {"login": "owner@example.org", "password": PASSWORD}


class Rows:
    """What has been written since this was made."""

    def __init__(self) -> None:
        self.last = AuditEntry.objects.latest("pk").pk
        self.mails = Mail.objects.count()

    def all(self) -> list[AuditEntry]:
        return list(AuditEntry.objects.filter(pk__gt=self.last).order_by("pk").select_related("chain"))

    def actions(self) -> list[str]:
        return [entry.action for entry in self.all()]

    def count_of_mails(self) -> int:
        return Mail.objects.count() - self.mails


@pytest.fixture
def rows(fleet: Fleet) -> Rows:
    return Rows()


def visitor(**options: Any) -> Client:
    return Client(REMOTE_ADDR="", headers={"X-Real-IP": "198.51.100.21", "User-Agent": "Firefox/140"}, **options)


def come_in(**options: Any) -> Client:
    client = visitor(**options)
    assert client.post("/accounts/login/", OWNER).status_code == 302
    return client


def signed_in_sessions() -> int:
    return sum("_auth_user_id" in session.get_decoded() for session in Session.objects.all())


def test_signing_in_leaves_a_row_with_who_whence_and_how(fleet: Fleet, rows: Rows):
    come_in()
    (entry,) = rows.all()
    assert (entry.action, entry.actor, entry.chain.name) == (
        "person:session:begin",
        "person:owner@example.org",
        f"customer:{fleet.world.harbour.pk}",
    )
    assert entry.details == {"address": "198.51.100.21", "agent": "Firefox/140", "methods": ["password"]}


def test_without_its_row_nobody_is_signed_in(fleet: Fleet, rows: Rows):
    client = visitor(raise_request_exception=False)
    with no_room_for_an_entry():
        assert client.post("/accounts/login/", OWNER).status_code == 500
    assert rows.all() == []
    assert signed_in_sessions() == 0
    assert Person.objects.get(pk=fleet.world.owner.pk).last_login is None
    assert client.get("/").status_code == 302
    come_in()


def test_the_session_is_stored_in_the_transaction_of_its_row(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    """What is stored later, when the answer leaves, would be missing after a crash in between."""
    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_response", lambda *given: given[2]
    )
    visitor().post("/accounts/login/", OWNER)
    assert rows.actions() == ["person:session:begin"]
    assert signed_in_sessions() == 1


def test_signing_out_leaves_its_row_or_does_not_happen(rows: Rows):
    client = come_in(raise_request_exception=False)
    with no_room_for_an_entry():
        assert client.post("/accounts/logout/").status_code == 500
    assert signed_in_sessions() == 1
    assert client.get("/").status_code == 200
    client.post("/accounts/logout/")
    assert rows.actions() == ["person:session:begin", "person:session:end"]
    assert rows.all()[-1].actor == "person:owner@example.org"
    assert client.get("/").status_code == 302


def test_who_is_not_signed_in_leaves_no_row_by_signing_out(rows: Rows):
    visitor().post("/accounts/logout/")
    assert rows.all() == []


def test_a_changed_password_leaves_its_row_and_a_mail_or_stays_as_it_was(fleet: Fleet, rows: Rows):
    body = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client = come_in(raise_request_exception=False)
    with no_room_for_an_entry():
        assert client.post("/accounts/password/change/", body).status_code == 500
    assert Person.objects.get(pk=fleet.world.owner.pk).check_password(PASSWORD)
    assert rows.count_of_mails() == 0
    assert client.post("/accounts/password/change/", body).status_code == 302
    entry = rows.all()[-1]
    assert (entry.action, entry.details["first"]) == ("person:password:change", False)
    assert rows.count_of_mails() == 1
    assert "was changed" in Mail.objects.latest("pk").body
    assert NEW not in str(list(AuditEntry.objects.values())) + str(list(Mail.objects.values()))


def test_a_password_set_by_mail_leaves_its_row_and_a_mail(fleet: Fleet, rows: Rows):
    owner = Person.objects.get(pk=fleet.world.owner.pk)
    link = f"/accounts/password/reset/key/{user_pk_to_url_str(owner)}-{default_token_generator.make_token(owner)}/"
    client = visitor()
    form = client.get(link)["Location"]
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert rows.actions() == ["person:password:reset"]
    assert "link from a mail" in Mail.objects.latest("pk").body
    assert rows.all()[0].details["address"] == "198.51.100.21"


def test_a_password_asked_for_by_mail_is_not_kept_in_the_outbox_where_staff_could_open_its_link(rows: Rows):
    visitor().post("/accounts/password/reset/", {"email": "owner@example.org"})
    assert rows.count_of_mails() == 0


def address_is_confirmed(**options: Any) -> Client:
    client = come_in(**options)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def turn_on(client: Client) -> Any:
    client.get("/accounts/2fa/totp/activate/")
    return client.post("/accounts/2fa/totp/activate/", {"code": unused_code(client.session["mfa.totp.secret"])})


def test_saying_once_more_who_one_is_leaves_its_row(rows: Rows):
    address_is_confirmed()
    assert rows.actions() == ["person:session:begin", "person:session:confirm"]


def test_a_second_factor_is_turned_on_renewed_and_off_with_rows_and_mails(rows: Rows):
    client = address_is_confirmed()
    assert turn_on(client).status_code == 302
    client.get("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/recovery-codes/generate/")
    client.get("/accounts/2fa/totp/deactivate/")
    client.post("/accounts/2fa/totp/deactivate/")
    assert rows.actions()[2:] == [
        "person:second-factor:on",
        "person:recovery-codes:renew",
        "person:second-factor:off",
    ]
    assert rows.count_of_mails() == 3
    assert not Authenticator.objects.exists()


def test_a_wrong_code_turns_nothing_on_and_says_nothing_of_it(rows: Rows):
    client = address_is_confirmed()
    client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": "0"})
    assert rows.actions()[2:] == []


def test_without_its_row_no_second_factor_changes(fleet: Fleet):
    client = address_is_confirmed(raise_request_exception=False)
    with no_room_for_an_entry():
        assert turn_on(client).status_code == 500
        assert not Authenticator.objects.exists()
    turn_on(client)
    before = list(Authenticator.objects.order_by("pk").values())
    with no_room_for_an_entry():
        assert client.post("/accounts/2fa/recovery-codes/generate/").status_code == 500
        assert client.post("/accounts/2fa/totp/deactivate/").status_code == 500
    assert list(Authenticator.objects.order_by("pk").values()) == before


@pytest.fixture
def secret(fleet: Fleet, rows: Rows) -> str:
    """The owner has an authenticator app and recovery codes."""
    client = address_is_confirmed()
    turn_on(client)
    made: str = decrypt(Authenticator.objects.get(type="totp").data["secret"])
    rows.last = AuditEntry.objects.latest("pk").pk
    return made


def recovery_codes() -> list[str]:
    codes: list[str] = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    return codes


def test_signing_in_with_both_factors_says_so(secret: str, rows: Rows):
    client = come_in()
    assert rows.all() == []
    client.post("/accounts/2fa/authenticate/", {"code": unused_code(secret)})
    assert rows.actions() == ["person:session:begin"]
    assert rows.all()[0].details["methods"] == ["password", "totp"]


def test_a_recovery_code_is_used_up_with_its_row(secret: str, rows: Rows):
    code = recovery_codes()[0]
    client = come_in(raise_request_exception=False)
    with no_room_for_an_entry():
        assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 500
    assert code in recovery_codes()
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert code not in recovery_codes()
    assert rows.actions() == ["person:recovery-code:use", "person:session:begin"]
    assert rows.all()[-1].details["methods"] == ["password", "recovery_codes"]
    assert code not in str([entry.details for entry in rows.all()])


def test_saying_so_with_the_second_factor_leaves_its_row_or_is_not_believed(secret: str, rows: Rows):
    client = come_in(raise_request_exception=False)
    client.post("/accounts/2fa/authenticate/", {"code": recovery_codes()[0]})
    rows.last = AuditEntry.objects.latest("pk").pk
    with no_room_for_an_entry():
        # Not a recovery code, which would fail for want of a row of its own before it gets so far.
        assert client.post("/accounts/2fa/reauthenticate/", {"code": unused_code(secret)}).status_code == 500
    asked_again = client.get("/accounts/2fa/recovery-codes/generate/")
    assert asked_again["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/2fa/reauthenticate/", {"code": recovery_codes()[0]})
    assert rows.actions() == ["person:recovery-code:use", "person:session:confirm"]
    assert client.get("/accounts/2fa/recovery-codes/generate/").status_code == 200


def test_the_chains_are_locked_after_everything_else(fleet: Fleet):
    """The person before any chain: whoever holds a chain waits for nothing."""
    client = visitor()
    with locks() as order:
        client.post("/accounts/login/", OWNER)
    assert order == ["tenants_person", "django_session", CHAIN]
    with locks() as order:
        client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert order.index("tenants_person") < order.index(CHAIN)


def test_who_turns_on_another_way_to_sign_in_has_to_give_it_its_rows():
    """Security keys and codes by mail have forms of their own in allauth, which `accounts.forms` knows not."""
    assert set(mfa_settings.SUPPORTED_TYPES) == {"totp", "recovery_codes"}
    assert not mfa_settings.PASSKEY_LOGIN_ENABLED
    assert not mfa_settings._TRUST_STAGE_ENABLED
    assert not account_settings.LOGIN_BY_CODE_ENABLED
    assert not account_settings.PASSWORD_RESET_BY_CODE_ENABLED
    assert not account_settings.LOGIN_ON_PASSWORD_RESET


def test_a_secret_of_the_second_factor_is_in_no_row(secret: str):
    assert generate_totp_secret() != secret
    assert secret not in str(list(AuditEntry.objects.values())) + str(list(Mail.objects.values()))

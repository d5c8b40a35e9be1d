"""What a browser is told to refuse."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.support.fleet import Fleet
from tests.support.machines_door import settings_of
from tests.support.signed_in import As


def policy(response: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", ["/", "/cases/", "/accounts/login/", "/accounts/2fa/", "/nowhere", "/api/v1/sensors/"])
def test_pages_load_and_run_nothing_but_our_own(fleet: Fleet, signed_in: As, path: str):
    response = signed_in(fleet.world.owner).get(path)
    rules = policy(response)
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == ["'self'"]
    assert rules["style-src"] == ["'self'"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["base-uri"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]


def test_the_admins_looser_policy_stays_in_the_admin(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.administrator)
    assert "'unsafe-eval'" in policy(client.get("/admin/"))["script-src"]
    assert policy(client.get("/admin/"))["frame-ancestors"] == ["'none'"]
    for path in ("/", "/?next=/admin/", "//admin/", "/accounts/login/?next=/admin/"):
        assert "unsafe" not in client.get(path)["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/", "/nowhere", "/api/schema/"])
def test_no_page_can_be_framed_or_guessed_at(fleet: Fleet, signed_in: As, path: str):
    response = signed_in(fleet.world.administrator).get(path)
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_pages_hold_no_script_and_no_style_of_their_own(fleet: Fleet, signed_in: As):
    """The policy would refuse them: better a failing test than a page that stands still."""
    sensor = fleet.connected()
    case = fleet.reported(fleet.connected("box-2"))
    client = signed_in(fleet.world.owner)
    for path in (
        "/",
        f"/sensors/{sensor.pk}/",
        f"/sensors/{sensor.pk}/report/",
        f"/cases/{case.pk}/",
        "/accounts/2fa/",
    ):
        text = client.get(path).content.decode()
        assert "<script>" not in text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert " hx-on" not in text


def test_on_loopback_a_browser_is_not_told_to_insist_on_tls(client: Client, db: None):
    assert "Strict-Transport-Security" not in client.get("/accounts/login/")
    assert not settings.SESSION_COOKIE_SECURE


def test_elsewhere_it_is_told_so_and_cookies_stay_on_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    monkeypatch.setenv("NSMAAS_BASE_URL", "https://portal.example.org")
    there = settings_of("people", tmp_path)
    assert there["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert there["SESSION_COOKIE_SECURE"] is True
    assert there["CSRF_COOKIE_SECURE"] is True
    assert there["DEBUG"] is False

"""Each mail says whom to call, and the pages that nobody asked for: when a form is refused and when all else fails.

That each page does is seen where all pages are asked for: `test_access.py`.
"""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig, SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import get_resolver

from notices.operations.write_mail import write_mail
from portal import env
from tests.support.checkout import CHECKOUT, ROOMS
from tests.support.street import Street

PHONE, LINK = "+44 20 7946 0100", b'href="tel:+442079460100"'


@pytest.fixture(autouse=True)
def phone(settings: Any) -> None:
    settings.PROVIDER_PHONE = PHONE


def test_a_form_that_is_refused_has_it(street: Street):
    answer = street.ask("contact", "POST", "/sensors/{ours}/report/", checks_csrf=True)
    assert (answer.status_code, LINK in answer.content) == (403, True)


def test_the_page_of_too_many_tries_has_it(client: Client, db: None):
    for _ in range(12):
        page = client.post("/accounts/login/", {"login": "lena@example.org", "password": "a wrong guess"})
    assert b"Too many wrong tries" in page.content
    assert LINK in page.content


@pytest.mark.parametrize(("status", "error"), [(400, RequestDataTooBig()), (400, SuspiciousOperation()), (500, None)])
def test_what_goes_wrong_has_it_and_asks_no_database(rf: RequestFactory, status: int, error: Exception | None):
    handler: Any = get_resolver().resolve_error_handler(status)
    request = rf.get("/")
    answer = handler(request, error) if error else handler(request)
    assert (answer.status_code, LINK in answer.content) == (status, True)


@pytest.mark.parametrize("file", sorted((CHECKOUT / "templates" / "mail").iterdir()), ids=lambda file: file.stem)
def test_every_mail_ends_with_it(file: Path):
    text = file.read_text(encoding="utf-8")
    assert text.rstrip().endswith("{{ provider_name }}\n{% endautoescape %}"), "the number stands below the name"


def test_write_mail_puts_it_below_the_name(settings: Any):
    _, text = write_mail(template="password_link", context={"person": {"name": "A"}, "path": "/x", "address": "y"})
    assert text.endswith(f"{settings.PROVIDER_NAME}\nCall us, day and night: {PHONE}\n")


def test_no_mail_is_written_in_another_way():
    """What makes a mail takes its text from `write_mail`."""
    makers = {}
    for room in ROOMS:
        for module in (CHECKOUT / room).rglob("*.py"):
            if "migrations" not in module.parts:
                calls = {
                    node.func.id
                    for node in ast.walk(ast.parse(module.read_text()))
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                }
                if calls & {"Mail", "EmailMessage", "EmailMultiAlternatives", "send_mail", "mail_admins"}:
                    makers[module.name] = "write_mail" in calls
    assert makers == {"queue_mails.py": True, "send_password_link.py": True, "send_mails.py": False}


def test_without_a_number_pages_and_mails_show_nothing_and_the_check_warns(client: Client, settings: Any, db: None):
    settings.PROVIDER_PHONE, settings.BASE_URL = "", "https://portal.example"
    assert b"tel:" not in client.get("/accounts/login/").content
    _, text = write_mail(template="password_link", context={"person": {"name": "A"}, "path": "/x", "address": "y"})
    assert "Call us" not in text
    assert "portal.W003" in {message.id for message in run_checks(include_deployment_checks=True)}


def test_with_a_number_the_check_is_quiet(settings: Any):
    settings.BASE_URL = "https://portal.example"
    assert "portal.W003" not in {message.id for message in run_checks(include_deployment_checks=True)}


@pytest.mark.parametrize(
    "written", ["call me", "+44 (0)20 7946 0100", "1", "+", "1\n2 3 4", "+44 20 7946 0100 x", "--"]
)
def test_what_no_telephone_dials_is_refused(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("NSMAAS_PROVIDER_PHONE", written)
    with pytest.raises(ImproperlyConfigured, match="country code"):
        env.phone("NSMAAS_PROVIDER_PHONE")


@pytest.mark.parametrize("written", [PHONE, "112", "(020) 7946-0100", "0800.111.222", ""])
def test_what_a_telephone_dials_is_taken(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("NSMAAS_PROVIDER_PHONE", written)
    assert env.phone("NSMAAS_PROVIDER_PHONE") == written

"""Browsers that have signed in before, told by a signed cookie: strangers' wrong tries do not count against them.

After "Slow Down Online Guessing Attacks with Device Cookies" (OWASP). The cookie opens nothing: password and second
factor are asked for as ever. It names nobody, is bound to one account's password and generation, and so ends with a new
password, with a reset of the second factor, or unused after 400 days, which is as long as browsers keep one.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from tenants.models import Person

COOKIE = "known_browser"
# Every form that asks for a secret is below it.
PATH = "/accounts/"
LIFE = 400 * 24 * 3600
# Several people may use one browser.
MOST = 5
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class _Entry:
    account: str
    browser: str
    issued: str
    signature: str

    @classmethod
    def read(cls, text: str) -> "_Entry | None":
        parts = text.split(".")
        return cls(*parts) if len(parts) == 4 and parts[2].isdecimal() and parts[2].isascii() else None

    def __str__(self) -> str:
        return ".".join((self.account, self.browser, self.issued, self.signature))


def account_of(email: str) -> str:
    """One account, however it was typed; as allauth looks for it."""
    return email.strip().lower()


def known_browser(request: HttpRequest, email: str) -> str | None:
    """The name of this browser, if it has signed in to this account before. It asks the same for an unknown address."""
    account = account_of(email)
    binding = binding_of(account)
    tag = _tag_of(account)
    for entry in _entries(request):
        if entry.account == tag and _is_good(entry, binding):
            return entry.browser
    return None


def binding_of(email: str) -> str:
    """Changes with the password and the generation; for an unknown address it is one that is never signed for."""
    person = Person.objects.filter(email=email).values_list("pk", "sign_in_generation", "password").first()
    return _hmac("binding", ":".join(map(str, person or ("nobody", secrets.token_hex(8)))))


def make_known(request: HttpRequest, person: Person) -> None:
    """With the answer to this request, which has shown that it is this person's browser."""
    request.known_from_now_on = account_of(person.email)  # type: ignore[attr-defined]  # read below


def keep_known_browsers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware. Each sign-in gives a new name: a stolen copy and the browser itself soon have nothing in common."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if account := getattr(request, "known_from_now_on", None):
            new = _sign(account)
            others = [entry for entry in _entries(request) if entry.account != new.account]
            response.set_cookie(
                COOKIE,
                ":".join(map(str, [new, *others][:MOST])),
                max_age=LIFE,
                path=PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        return response

    return middleware


def _entries(request: HttpRequest) -> list[_Entry]:
    parts = request.COOKIES.get(COOKIE, "")[:LONGEST].split(":")[:MOST]
    return [entry for part in parts if (entry := _Entry.read(part))]


def _sign(account: str) -> _Entry:
    unsigned = _Entry(_tag_of(account), secrets.token_urlsafe(12), str(int(time.time())), "")
    return _Entry(unsigned.account, unsigned.browser, unsigned.issued, _signature(unsigned, binding_of(account)))


def _is_good(entry: _Entry, binding: str) -> bool:
    is_ours = constant_time_compare(entry.signature, _signature(entry, binding))
    return is_ours and int(entry.issued) + LIFE > time.time()


def _signature(entry: _Entry, binding: str) -> str:
    return _hmac("entry", ".".join((entry.account, entry.browser, entry.issued, binding)))


def _tag_of(account: str) -> str:
    """Tells entries of one browser apart."""
    return _hmac("account", account)[:12]


def _hmac(what: str, value: str) -> str:
    named = value.encode("utf-8", "surrogatepass")
    return salted_hmac(f"portal.accounts.known_browsers.{what}", named, algorithm="sha256").hexdigest()

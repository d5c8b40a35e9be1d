"""`python -m tests.support.installation.first_sign_in ADDRESS CERTIFICATE LINK E-MAIL`: what a new administrator does.

As the one who signs in: sets a password by the link, signs in, sets the second factor up, opens the admin.
Prints address and title of the page where that ends, and below the second factor's secret. With that secret instead of
the link: signs in again.
"""

import http.cookiejar
import os
import re
import socket
import ssl
import sys
import urllib.parse
import urllib.request
from typing import Any

import django

PASSWORD = "a long password of the first one"


class SecureVisitor:
    def __init__(self, address: str, certificate: str) -> None:
        find = socket.getaddrinfo
        # The portal's name is in nobody's DNS here.
        socket.getaddrinfo = lambda _, *rest, **options: find(address, *rest, **options)
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=certificate)),
        )
        self.url = self.page = ""

    def get(self, url: str) -> None:
        self._open(urllib.request.Request(urllib.parse.urljoin(self.url, url)))  # noqa: S310  # https

    def send(self, url: str = "", **fields: str) -> None:
        """The form of the page that is open."""
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)[0]
        headers = {"Referer": self.url}
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        self._open(urllib.request.Request(urllib.parse.urljoin(self.url, url), body, headers))  # noqa: S310  # https

    def _open(self, request: Any) -> None:
        with self._opener.open(request, timeout=60) as answer:
            self.url, self.page = answer.geturl(), answer.read().decode()


def main(address: str, certificate: str, link: str, email: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from tests.support.one_time_codes import code_of  # needs the apps

    browser = SecureVisitor(address, certificate)
    begins = link.startswith("https:")
    if begins:
        browser.get(link)
        browser.send(password1=PASSWORD, password2=PASSWORD)
    browser.get("/accounts/login/" if begins else "https://portal.example.org/accounts/login/")
    browser.send(login=email, password=PASSWORD)
    secret = link
    if begins:
        browser.get("/accounts/2fa/totp/activate/")
        browser.send("/accounts/reauthenticate/", password=PASSWORD, next="/accounts/2fa/totp/activate/")
        field = next(each for each in re.findall("<input[^>]*>", browser.page) if "authenticator_secret" in each)
        secret = re.findall(r'value="(\w+)"', field)[0]
    browser.send(code=code_of(secret))
    browser.get("/admin/")
    print(browser.url, re.findall(r"<title>\s*(.*?)\s*</title>", browser.page, re.S)[0])
    print(secret)


if __name__ == "__main__":
    main(*sys.argv[1:])

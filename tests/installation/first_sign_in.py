"""`python -m tests.installation.first_sign_in ADDRESS CERTIFICATE LINK E-MAIL`: what a new administrator does.

In the network of whoever signs in: sets a password by the link, signs in, sets the second factor up, opens the admin.
Prints the title of the page where that ends.
"""

import http.cookiejar
import re
import socket
import ssl
import sys
import urllib.parse
import urllib.request
from typing import Any

PASSWORD = "a long password of the first one"


class Browser:
    def __init__(self, address: str, certificate: str) -> None:
        find = socket.getaddrinfo
        # The portal's name is in nobody's DNS here.
        socket.getaddrinfo = lambda host, *rest, **options: find(address, *rest, **options)  # type: ignore[assignment]
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=certificate)),
        )
        self.url = self.page = ""

    def get(self, url: str) -> None:
        self._open(urllib.request.Request(urllib.parse.urljoin(self.url, url)))

    def send(self, url: str = "", **fields: str) -> None:
        """The form of the page that is open."""
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)[0]
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        self._open(urllib.request.Request(urllib.parse.urljoin(self.url, url), body, {"Referer": self.url}))

    def _open(self, request: Any) -> None:
        with self._opener.open(request, timeout=60) as answer:
            self.url, self.page = answer.geturl(), answer.read().decode()


def main(address: str, certificate: str, link: str, email: str) -> None:
    from tests.one_time_codes import code_of

    browser = Browser(address, certificate)
    browser.get(link)
    browser.send(password1=PASSWORD, password2=PASSWORD)
    browser.get("/accounts/login/")
    browser.send(login=email, password=PASSWORD)
    browser.get("/accounts/2fa/totp/activate/")
    if "authenticator_secret" not in browser.page:
        browser.send(password=PASSWORD)
    secret = re.findall(r'id="authenticator_secret"[^>]* value="(\w+)"|value="(\w+)"[^>]* id="authenticator_secret"', browser.page)
    browser.send(code=code_of("".join(secret[0])))
    browser.get("/admin/")
    print(browser.url, re.findall(r"<title>\s*(.*?)\s*</title>", browser.page, re.S)[0])


if __name__ == "__main__":
    main(*sys.argv[1:])

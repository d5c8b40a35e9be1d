"""A person at the people's door, by HTTP alone."""

import http.cookiejar
import json
import urllib.parse
import urllib.request
from typing import Any


class Visitor:
    """Signs in, reads pages and sends forms, with cookies and CSRF tokens as a browser has them."""

    def __init__(self, base_url: str) -> None:
        """Nobody yet."""
        self.base_url = base_url
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def sign_in(self, email: str, password: str) -> None:
        """By the sign-in page's form."""
        self.get("/accounts/login/")
        self.post("/accounts/login/", login=email, password=password)

    def get(self, path: str) -> str:
        """Return a page's text."""
        with self._opener.open(self.base_url + path, timeout=30) as answer:
            text: str = answer.read().decode()
        return text

    def json(self, path: str) -> Any:
        """Return what a REST call answers."""
        return json.loads(self.get(path))

    def post_json(self, path: str, **values: str) -> Any:
        """Call by REST; return what it answers."""
        headers = {
            "Referer": self.base_url,
            "X-CSRFToken": self.cookie("csrftoken"),
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(self.base_url + path, json.dumps(values).encode(), headers)  # noqa: S310  # http
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())

    def post(self, path: str, **fields: str) -> str:
        """Send a form; return the address at which the answer ended."""
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self.cookie("csrftoken")}).encode()
        request = urllib.request.Request(self.base_url + path, body, {"Referer": self.base_url})  # noqa: S310  # http
        with self._opener.open(request, timeout=30) as answer:
            url: str = answer.geturl()
        return url

    def cookie(self, name: str) -> str:
        """Return a cookie's value. Raises StopIteration when the portal has not set it."""
        return next(cookie.value or "" for cookie in self._cookies if cookie.name == name)

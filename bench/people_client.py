"""Somebody who is signed in and reports a sensor, by HTTP over a connection that is kept."""

import http.client
import json
import secrets
import time
from dataclasses import dataclass

from sensors.models import Sensor
from tenants.models import Person


@dataclass(frozen=True)
class Reported:
    """When the request began, and when its answer was there (time.monotonic)."""

    began: float
    answered: float


class PeopleClient:
    """Talks to the people's door at 127.0.0.1."""

    def __init__(self, person: Person, port: int) -> None:
        """Sign in: the session is made in the database, as the sign-in page would."""
        from django.conf import settings
        from django.test import Client

        browser = Client(headers={"host": "127.0.0.1"})
        browser.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        self._token = secrets.token_hex(16)
        self._cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self._token}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def report(self, sensor: Sensor) -> Reported:
        """Raises RuntimeError unless a case was opened."""
        headers = {"Content-Type": "application/json", "Cookie": self._cookies, "X-CSRFToken": self._token}
        body = json.dumps({"kind": "stolen"})
        began = time.monotonic()
        self._connection.request("POST", f"/api/v1/sensors/{sensor.pk}/report-loss/", body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        answered = time.monotonic()
        if answer.status != 201:
            raise RuntimeError(f"the report was answered with {answer.status}: {text[:300]!r}")
        return Reported(began, answered)

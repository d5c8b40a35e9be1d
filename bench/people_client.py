"""Somebody who is signed in and reports a sensor, by HTTP over a connection that is kept."""

import http.client
import json
import time
from dataclasses import dataclass

from lab.visitor import Visitor
from sensors.models import Sensor


@dataclass(frozen=True)
class Reported:
    """When the request began, and when its answer was there (time.monotonic)."""

    began: float
    answered: float


class PeopleClient:
    """Talks to the people's door at 127.0.0.1."""

    def __init__(self, *, email: str, password: str, port: int) -> None:
        """Sign in by the page: no session can be made from here, since the people's door alone has the secret key."""
        visitor = Visitor(f"http://127.0.0.1:{port}")
        visitor.sign_in(email, password)
        self._token = visitor.cookie("csrftoken")
        self._cookies = f"sessionid={visitor.cookie('sessionid')}; csrftoken={self._token}"
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

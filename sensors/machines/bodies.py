"""Reading what a machine sent."""

import ipaddress
import json
import time
from math import inf
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

# As nginx has them (portal/deploy/nginx/machines.conf.template); the larger is settings.DATA_UPLOAD_MAX_MEMORY_SIZE.
SENSOR_BYTES = 32 * 1024
GATEWAY_BYTES = 8 * 1024 * 1024

# nginx tells the time in whole milliseconds, by a clock that it reads once for a round of events.
CLOCK_TICK = 0.05


class MalformedBody(ValueError):
    """Not a JSON object of bearable size; the message says what to mend."""


def json_object(request: HttpRequest, largest: int) -> dict[str, Any]:
    """`largest` is in bytes. Raises MalformedBody."""
    try:
        body = request.body
    except RequestDataTooBig:
        raise MalformedBody("The body is too large.") from None
    except OSError:
        raise MalformedBody("The body was cut off.") from None
    if len(body) > largest:
        raise MalformedBody("The body is too large.")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedBody("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise MalformedBody("The body is not a JSON object.")
    return data


def text_field(data: dict[str, Any], name: str, longest: int) -> str:
    value = data.get(name)
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise MalformedBody(f"{name} must be a string of at most {longest} characters.")
    return value


def source_address(request: HttpRequest) -> str:
    """As nginx saw it. Without one there is nothing to decide by."""
    try:
        return str(ipaddress.ip_address(request.headers.get("X-Real-IP", "")))
    except ValueError:
        raise MalformedBody("The proxy in front of this door has not said from where the call came.") from None


def connection_age(request: HttpRequest) -> float:
    """For how long the machine's connection had been open when this was called, in seconds; nginx says it.

    `X-Connection-Time` is its age when nginx passed the request on, at `X-Passed-On-At`. What the request has waited
    for a thread since then counts as well. Both clocks are this host's.
    """
    try:
        age = float(request.headers["X-Connection-Time"])
        waited = time.time() - float(request.headers["X-Passed-On-At"])
    except (KeyError, ValueError):
        raise MalformedBody("The proxy in front of this door has not said how old the connection is.") from None
    if not 0 <= age < inf or not -CLOCK_TICK <= waited < inf:
        raise MalformedBody("The proxy in front of this door has another time than this process. Ask again.")
    return age + max(0.0, waited)


def whole_number(text: str, name: str, largest: int) -> int:
    # The length first: leading zeros would hide what is larger, and a text of thousands of digits is no number to int.
    if not text.isascii() or not text.isdigit() or len(text) > len(str(largest)) or int(text) > largest:
        raise MalformedBody(f"{name} must be a whole number from 0 to {largest}.")
    return int(text)

"""Middleware of the machines' door that counts calls: each by its name in the table, and all others as one."""

from django.http import HttpRequest

from portal.monitoring.request_counting import Answer, counting
from portal.monitoring.request_counts import UNKNOWN
from sensors.doors.allowed_calls import ALLOWED_CALLS


def count_machine_calls(get_response: Answer) -> Answer:
    return counting(get_response, _name_of)


def _name_of(request: HttpRequest) -> str:
    path = request.path_info.removeprefix("/")
    return f"/{path}" if path in ALLOWED_CALLS else UNKNOWN

"""The person behind a request, typed."""

from typing import cast

from django.http import HttpRequest

from tenants.models import Person


def person_of(request: HttpRequest) -> Person:
    """Only for views behind `login_required`."""
    return cast(Person, request.user)

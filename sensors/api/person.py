from typing import cast

from rest_framework.request import Request

from tenants.models import Person


def person_of(request: Request) -> Person:
    """The person behind a REST call that has passed IsAuthenticated."""
    return cast(Person, request.user)

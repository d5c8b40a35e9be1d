from collections.abc import Mapping, Sequence
from typing import cast

from django.http import HttpRequest

from tenants.audit.record_read import record_read
from tenants.models import Person


def on_record(request: HttpRequest, *, listing: str, asked: Mapping[str, Sequence[str]] | None = None) -> None:
    """A page that speaks of people was read by a member of the staff, before its answer is made.

    A customer's people read of their own, which leaves no row. `asked` is the page's filter, by default all but the
    number of the page. Only for views behind `login_required`.
    """
    person = cast(Person, request.user)
    if person.provider_roles():
        chosen = {name: values for name, values in request.GET.lists() if name != "page"}
        record_read(reader=person, listing=listing, asked=chosen if asked is None else asked)

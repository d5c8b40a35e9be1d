"""The base of every page of the admin: provider staff by role, rows by audience, and nothing is ever deleted.

A list is looked up only by what its page offers, and who looks at people leaves a row in the audit trail.
"""

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from tenants.admin_lookups import offered_lookups
from tenants.audit.record_read import record_read
from tenants.models import Person
from tenants.roles import PROVIDER_WRITERS, ProviderRole

# The next page of a list, or the same in another order, is no other question.
_SAME_LIST = frozenset({PAGE_VAR, ORDER_VAR, ALL_VAR, ERROR_FLAG})


def staff_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def roles_of(request: HttpRequest) -> set[ProviderRole]:
    """Asked once per request: the admin's pages ask for permissions dozens of times."""
    if not hasattr(request, "_provider_roles"):
        person = request.user
        request._provider_roles = person.provider_roles() if isinstance(person, Person) else set()  # type: ignore[attr-defined]
    return cast(set[ProviderRole], request._provider_roles)  # type: ignore[attr-defined]


class ProviderAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Staff look; `writers` write, through operations only. Django's own model permissions play no part."""

    writers: frozenset[ProviderRole] = PROVIDER_WRITERS
    # What a page shows of people, of what they did and of what was said to them is read on record. The fleet is not: it
    # is staff's daily work, and who looks at it learns nothing of anybody. So a page that is new is, until it says no.
    read_on_record = True
    actions: tuple[str, ...] | None = None
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(roles_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(roles_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(roles_of(request) & self.writers)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(roles_of(request) & self.writers)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def log_addition(self, *_args: Any) -> None:
        """The audit trail is the log. Django's own would be a second one, outside the hash chain."""

    log_change = log_deletion = log_addition

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Rows by audience. Raises AttributeError for a model whose queryset does not name one: never "all"."""
        visible: QuerySet[Model] = self.model.objects.visible_to(staff_of(request))
        ordering = self.get_ordering(request)
        return visible.order_by(*ordering) if ordering else visible

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's
        """Each page says by which operations it writes; one that does not cannot write."""
        raise NotImplementedError(f"{type(self).__name__} has no operation for this")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Raises Http404 for what no filter of this page sends, and for NUL, with which PostgreSQL cannot compare.

        Where Django would answer 400 and write the name, which is free text of the one who asks, into the log.
        """
        offered = offered_lookups(self.model, self.get_list_filter(request), self.date_hierarchy)
        if lookup not in offered or "\0" in value:
            raise Http404
        return True

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Raises Http404: an object is named by its key. By another column it would be looked up, and that shown."""
        if to_field not in {self.opts.pk.name, self.opts.pk.attname}:
            raise Http404
        return True

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().changelist_view(request, *args, **kwargs)
        if "cl" in (getattr(answer, "context_data", None) or {}):
            asked = {name: values for name, values in request.GET.lists() if name not in _SAME_LIST}
            self._record_read(request, asked)
        return answer

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """What an operation refuses, such as a pool without a free address, is said on the page; nothing was saved."""
        try:
            answer = super().changeform_view(request, object_id, *args, **kwargs)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.get_full_path())
        if object_id and "adminform" in (getattr(answer, "context_data", None) or {}):
            self._record_read(request, {"object": [object_id]})
        return answer

    def history_view(self, *_args: Any, **_kwargs: Any) -> Any:
        """Raises Http404: the audit trail is the history, and this page would show an object's name off the record."""
        raise Http404

    def _record_read(self, request: HttpRequest, asked: dict[str, list[str]]) -> None:
        """Before the answer is made: without its row there is none."""
        if self.read_on_record:
            record_read(reader=staff_of(request), listing=self.opts.label_lower, asked=asked)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """The operations have written everything."""


class ReadOnlyAdmin(ProviderAdmin):
    writers = frozenset()

"""The base of every page of the admin: provider staff by role, rows by audience, and nothing is ever deleted."""

from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from tenants.models import Person
from tenants.roles import PROVIDER_WRITERS, ProviderRole

M = TypeVar("M", bound=Model)


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
    actions = None
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

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What an operation refuses, such as a pool without a free address, is said on the page; nothing was saved."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.get_full_path())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """The operations have written everything."""


class ReadOnlyAdmin(ProviderAdmin):
    writers = frozenset()

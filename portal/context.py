"""What every page knows."""

from collections.abc import Callable, Container

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.passkeys import are_offered
from portal.phone import dialled
from sensors.desk.waiting_count import waiting_count
from tenants.models import CustomerRoleGroup, Person
from tenants.roles import CUSTOMER_PERMISSIONS, CustomerRole, Permission


def portal(request: HttpRequest) -> dict[str, str | Callable[[], int | Container[str]]]:
    """What whole pages alone ask for is a function: what keeps itself up to date does not name it."""
    person = getattr(request, "user", None)

    def decisions_waiting() -> int:
        return waiting_count(person, timezone.now()) if isinstance(person, Person) else 0

    def duties() -> Container[str]:
        return _duties(person) if isinstance(person, Person) else ()

    phone = settings.PROVIDER_PHONE
    return {
        "provider_name": settings.PROVIDER_NAME,
        "provider_phone": phone,
        "provider_dial": dialled(phone),
        "decisions_waiting": decisions_waiting,
        "duties": duties,
        "passkeys_offered": are_offered,
    }


def _duties(person: Person) -> set[str]:
    """Which pages of a customer's manager the navigation names: by a role at any customer."""
    roles = CustomerRoleGroup.objects.filter(group__user=person).order_by().values_list("role", flat=True).distinct()
    permissions = {permission for role in roles for permission in CUSTOMER_PERMISSIONS[CustomerRole(role)]}
    return {
        name
        for name, permission in (("people", Permission.PERSON_MANAGE), ("records", Permission.AUDIT_VIEW))
        if permission in permissions or (name == "records" and person.is_staff)
    }

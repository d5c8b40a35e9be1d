"""Which customer a page is for. To everybody else it is not there."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from sensors.pages.signed_in import person_of
from tenants.models import Customer
from tenants.roles import Permission


def customer_for_staff(request: HttpRequest, pk: UUID) -> Customer:
    """Who only looks is welcome. Raises Http404."""
    person = person_of(request)
    if not person.provider_roles():
        raise Http404
    return get_object_or_404(Customer.objects.visible_to(person), pk=pk)


def customer_to_import_for(request: HttpRequest, pk: UUID) -> Customer:
    """Raises Http404 for who may not add both sites and sensors there."""
    person = person_of(request)
    if not person.provider_roles():
        raise Http404
    permitted = Customer.objects.permitting(person, Permission.SENSOR_MANAGE)
    return get_object_or_404(permitted.permitting(person, Permission.SITE_MANAGE), pk=pk)

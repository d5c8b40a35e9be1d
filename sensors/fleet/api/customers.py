"""Customers and their sites over REST."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from sensors.api.filtering import by_id, by_name, registered_since
from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.fleet.api import serializers
from tenants.models import Customer, Site
from tenants.operations.edit_site import edit_site
from tenants.operations.register_site import register_site
from tenants.operations.set_customer_setup import set_customer_setup
from tenants.roles import Permission


class CustomerViewSet(viewsets.ReadOnlyModelViewSet[Customer]):
    filters = (by_name("slug", "slug", "The one of this short name."), registered_since())
    serializer_class = serializers.CustomerSerializer
    queryset = Customer.objects.none()

    def get_queryset(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(person_of(self.request))

    @extend_schema(request=serializers.Setup, responses={200: serializers.CustomerSerializer, **PROBLEMS})
    def partial_update(self, request: Request, pk: str) -> Response:
        """For Security Onion's setup, where a site and its sensors say nothing else."""
        person = person_of(request)
        customer = get_object_or_404(Customer.objects.permitting(person, Permission.CUSTOMER_MANAGE), pk=pk)
        body = serializers.Setup(data=request.data)
        body.is_valid(raise_exception=True)
        changed = set_customer_setup(customer=customer, changes=body.validated_data, set_by=person.actor)
        return Response(self.get_serializer(changed).data)


class SiteViewSet(viewsets.ReadOnlyModelViewSet[Site]):
    filters = (by_id("customer", "customer", "Those of this customer."), registered_since())
    serializer_class = serializers.SiteSerializer
    queryset = Site.objects.none()

    def get_queryset(self) -> QuerySet[Site]:
        return Site.objects.visible_to(person_of(self.request))

    @extend_schema(
        request=serializers.SiteChanges,
        responses={
            200: serializers.SiteSerializer,
            202: OpenApiResponse(
                description="`approval`: a second person has to agree to the networks; the rest has changed."
            ),
            **PROBLEMS,
        },
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Its name and networks, and for Security Onion's setup, where the site's sensors say nothing else."""
        person = person_of(request)
        customers = Customer.objects.permitting(person, Permission.SITE_MANAGE)
        site = get_object_or_404(Site.objects.filter(customer__in=customers), pk=pk)
        body = serializers.SiteChanges(data=request.data)
        body.is_valid(raise_exception=True)
        changes = dict(body.validated_data)
        reason = changes.pop("reason", "")
        changed, waits = edit_site(site=site, changes=changes, reason=reason, edited_by=person)
        if waits:
            return Response({"approval": str(waits.pk)}, status=202)
        return Response(self.get_serializer(changed).data)

    @extend_schema(request=serializers.NewSite, responses={201: serializers.SiteSerializer, **PROBLEMS})
    def create(self, request: Request) -> Response:
        body = serializers.NewSite(data=request.data)
        body.is_valid(raise_exception=True)
        person = person_of(request)
        values: dict[str, Any] = dict(body.validated_data)
        customers = Customer.objects.permitting(person, Permission.SITE_MANAGE)
        customer = get_object_or_404(customers, pk=values.pop("customer"))
        site = register_site(customer=customer, registered_by=person.actor, **values)
        return Response(self.get_serializer(site).data, status=201)

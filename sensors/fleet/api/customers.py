"""Customers and their sites over REST."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.fleet.api import serializers
from tenants.models import Customer, Site
from tenants.operations.register_site import register_site
from tenants.roles import Permission


class CustomerViewSet(viewsets.ReadOnlyModelViewSet[Customer]):
    serializer_class = serializers.CustomerSerializer
    queryset = Customer.objects.none()

    def get_queryset(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(person_of(self.request))


class SiteViewSet(viewsets.ReadOnlyModelViewSet[Site]):
    serializer_class = serializers.SiteSerializer
    queryset = Site.objects.none()

    def get_queryset(self) -> QuerySet[Site]:
        return Site.objects.visible_to(person_of(self.request))

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

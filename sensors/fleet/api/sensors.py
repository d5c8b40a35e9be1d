"""Sensors over REST: to see, and to register. What is done with one is in the subjects above."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from sensors.api.filtering import by_choice, by_id, by_name, registered_since
from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.fleet.api import serializers
from sensors.fleet.operations.edit_sensor import edit_sensor
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.fleet.queries import with_live_state
from sensors.models import Gateway, Sensor
from sensors.states import SensorState
from tenants.models import Customer, Site
from tenants.roles import Permission


@extend_schema_view(retrieve=extend_schema(responses={200: serializers.SensorSerializer, **PROBLEMS}))
class SensorViewSet(viewsets.ReadOnlyModelViewSet[Sensor]):
    filters = (
        by_id("customer", "site__customer", "Those of this customer."),
        by_id("site", "site", "Those at this site."),
        by_name("gateway", "gateway__name", "Those that dial the gateway of this name."),
        by_name("name", "name", "Those of this host name; it is one at a site."),
        by_choice(
            "state",
            [state.value for state in SensorState],
            "Those in this state.",
            lambda rows, value: rows.filter(state=value),
        ),
        registered_since(),
    )
    serializer_class = serializers.SensorSerializer
    queryset = Sensor.objects.none()

    def get_queryset(self) -> QuerySet[Sensor]:
        return with_live_state(Sensor.objects.visible_to(person_of(self.request)))

    @extend_schema(request=serializers.SensorChanges, responses={200: serializers.SensorSerializer, **PROBLEMS})
    def partial_update(self, request: Request, pk: str) -> Response:
        """What people call it, and what Security Onion's setup is told."""
        person = person_of(request)
        sensor = get_object_or_404(Sensor.objects.permitting(person, Permission.SENSOR_MANAGE), pk=pk)
        body = serializers.SensorChanges(data=request.data)
        body.is_valid(raise_exception=True)
        edit_sensor(sensor=sensor, changes=body.validated_data, edited_by=person.actor)
        return Response(self.get_serializer(self.get_queryset().get(pk=sensor.pk)).data)

    @extend_schema(request=serializers.NewSensor, responses={201: serializers.SensorSerializer, **PROBLEMS})
    def create(self, request: Request) -> Response:
        body = serializers.NewSensor(data=request.data)
        body.is_valid(raise_exception=True)
        person = person_of(request)
        values: dict[str, Any] = dict(body.validated_data)
        customers = Customer.objects.permitting(person, Permission.SENSOR_MANAGE)
        site = get_object_or_404(Site.objects.filter(customer__in=customers), pk=values.pop("site"))
        gateways = Gateway.objects.visible_to(person)
        gateway = get_object_or_404(gateways, name=values.pop("gateway"))
        sensor = register_sensor(site=site, gateway=gateway, registered_by=person.actor, **values)
        return Response(self.get_serializer(self.get_queryset().get(pk=sensor.pk)).data, status=201)

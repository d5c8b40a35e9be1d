"""A broken box makes way for another one, over REST."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.cases.operations.replace_sensor import replace_sensor
from sensors.fleet.api.serializers import SensorSerializer
from sensors.fleet.queries import with_live_state
from sensors.models import Sensor
from tenants.roles import Permission


class Replacement(serializers.Serializer[Any]):
    hardware_serial = serializers.CharField(max_length=60, allow_blank=True, default="", help_text="Of the new box.")


class ReplaceView(APIView):
    @extend_schema(request=Replacement, responses={201: SensorSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        """The new sensor, in the place and under the name of the old one, which is retired for good."""
        person = person_of(request)
        permitted = Sensor.objects.permitting(person, Permission.SENSOR_MANAGE)
        sensor = get_object_or_404(permitted, pk=self.kwargs["pk"])
        body = Replacement(data=request.data)
        body.is_valid(raise_exception=True)
        new = replace_sensor(sensor=sensor, replaced_by=person.actor, **body.validated_data)
        shown = with_live_state(Sensor.objects.visible_to(person)).get(pk=new.pk)
        return Response(SensorSerializer(shown).data, status=201)

"""A sensor goes to another site or gateway, over REST."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.cases.operations.move_sensor import move_sensor, why_two_people
from sensors.cases.operations.request_move import request_move
from sensors.fleet.api.serializers import SensorSerializer
from sensors.fleet.queries import with_live_state
from sensors.models import Gateway, Sensor
from tenants.models import Site
from tenants.roles import Permission


class Move(serializers.Serializer[Any]):
    site = serializers.UUIDField(required=False, help_text="As it is, if it is left out.")
    gateway = serializers.CharField(max_length=32, required=False, help_text="As it is, if it is left out.")
    reason = serializers.CharField(
        max_length=1000, required=False, help_text="With it, a second person is asked where one has to agree."
    )


class MoveView(APIView):
    @extend_schema(
        request=Move,
        responses={
            200: SensorSerializer,
            202: OpenApiResponse(description="`approval`: a second person has to agree; nothing has changed yet."),
            **PROBLEMS,
        },
    )
    def post(self, request: Request, **_: object) -> Response:
        """To another site of the same customer, to another gateway, or both. At another gateway it needs a new code."""
        person = person_of(request)
        permitted = Sensor.objects.permitting(person, Permission.SENSOR_MANAGE)
        sensor = get_object_or_404(permitted.select_related("site__customer", "gateway"), pk=self.kwargs["pk"])
        body = Move(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        site, gateway = sensor.site, sensor.gateway
        if "site" in wanted:
            site = get_object_or_404(Site.objects.visible_to(person), pk=wanted["site"])
        if "gateway" in wanted:
            gateway = get_object_or_404(Gateway.objects.visible_to(person), name=wanted["gateway"])
        if "reason" in wanted and why_two_people(sensor=sensor, site=site):
            asked = request_move(
                sensor=sensor, site=site, gateway=gateway, reason=wanted["reason"], requested_by=person
            )
            return Response({"approval": str(asked.pk)}, status=202)
        move_sensor(sensor=sensor, site=site, gateway=gateway, moved_by=person.actor)
        shown = with_live_state(Sensor.objects.visible_to(person)).get(pk=sensor.pk)
        return Response(SensorSerializer(shown).data)

"""One-time enrolment codes over REST."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.models import Sensor
from tenants.roles import Permission


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(read_only=True, help_text="Shown this once.")


class EnrolmentCodeView(APIView):
    @extend_schema(request=None, responses={201: CodeSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        person = person_of(request)
        sensors = Sensor.objects.permitting(person, Permission.ENROLMENT_CODE_ISSUE)
        code = issue_sensor_code(sensor=get_object_or_404(sensors, pk=self.kwargs["pk"]), issued_by=person.actor)
        return Response({"code": code}, status=201, headers={"Cache-Control": "no-store"})

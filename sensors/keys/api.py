"""Permits for held disk keys over REST."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.keys.operations.permit_release import permit_release
from sensors.models import KeyPermit, Sensor
from tenants.roles import Permission


class PermitRelease(serializers.Serializer[Any]):
    public_address = serializers.IPAddressField(help_text="Where the sensor is held, as it was read.")


class PermitSerializer(serializers.ModelSerializer[KeyPermit]):
    class Meta:
        model = KeyPermit
        fields = ("public_address", "permitted_at", "expires_at", "used_at")
        read_only_fields = fields


class PermitKeyView(APIView):
    @extend_schema(request=PermitRelease, responses={201: PermitSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        """For one boot, at the public address at which the sensor is held. Sent again it answers with the same."""
        person = person_of(request)
        sensors = Sensor.objects.permitting(person, Permission.DISK_KEY_PERMIT)
        sensor = get_object_or_404(sensors, pk=self.kwargs["pk"])
        body = PermitRelease(data=request.data)
        body.is_valid(raise_exception=True)
        permit = permit_release(sensor=sensor, permitted_by=person, **body.validated_data)
        return Response(PermitSerializer(permit).data, status=201)

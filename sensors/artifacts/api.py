"""Generated files for a sensor. None of them holds a key."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from sensors.api.person import person_of
from sensors.api.problems import problem
from sensors.artifacts import security_onion
from sensors.artifacts.openvpn import client_conf
from sensors.artifacts.operations.gather_facts import SetupIncomplete, sensor_facts, setup_facts
from sensors.artifacts.rendering import UnsafeValue
from sensors.lines import Line
from sensors.models import Sensor
from tenants.roles import Permission

Render = Callable[[Sensor], str]

ARTIFACTS: dict[str, Render] = {
    "client.conf": lambda sensor: client_conf(sensor_facts(sensor)),
    "sosetup.conf": lambda sensor: security_onion.sosetup_conf(setup_facts(sensor)),
    "so-worksheet.txt": lambda sensor: security_onion.setup_worksheet(setup_facts(sensor)),
    "manager-firewall.txt": lambda sensor: security_onion.firewall_lines(sensor_facts(sensor), Line(sensor.line)),
}


class ArtifactView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=sorted(ARTIFACTS)),
        ],
        responses={
            (200, "text/plain"): OpenApiTypes.STR,
            400: OpenApiResponse(
                description="What it is made from is missing or not sound; `reason: setup-incomplete` names fields."
            ),
            403: OpenApiResponse(description="Not signed in."),
            404: OpenApiResponse(description="There is none, or none that you may see."),
        },
    )
    def get(self, request: Request, pk: UUID, name: str) -> HttpResponse:
        permitted = Sensor.objects.permitting(person_of(request), Permission.SENSOR_MANAGE)
        sensor = get_object_or_404(permitted.select_related("site__customer", "gateway", "underlay_address"), pk=pk)
        if name not in ARTIFACTS:
            raise NotFound
        try:
            text = ARTIFACTS[name](sensor)
        except SetupIncomplete as error:
            return problem(400, "setup-incomplete", str(error))
        except UnsafeValue as error:
            raise ValidationError(str(error)) from None
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{sensor.name}-{name}"'
        return response

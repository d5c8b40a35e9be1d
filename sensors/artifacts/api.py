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
from sensors.artifacts import security_onion
from sensors.artifacts.firewall import sensor_firewall
from sensors.artifacts.openvpn import client_conf
from sensors.artifacts.operations.gather_facts import sensor_facts, setup_facts
from sensors.artifacts.rendering import UnsafeValue
from sensors.models import Sensor
from tenants.roles import Permission

Render = Callable[[Sensor, str], str]

# By file name. The second argument is the Security Onion manager's address at base.
ARTIFACTS: dict[str, Render] = {
    "client.conf": lambda sensor, _server: client_conf(sensor_facts(sensor)),
    "sensor.nft": lambda sensor, _server: sensor_firewall(sensor_facts(sensor)),
    "sosetup.conf": lambda sensor, server: security_onion.sosetup_conf(setup_facts(sensor, server)),
    "so-2.4-worksheet.txt": lambda sensor, server: security_onion.setup_worksheet(setup_facts(sensor, server)),
    "manager-firewall.txt": lambda sensor, server: security_onion.firewall_lines(
        setup_facts(sensor, server), sensor.line
    ),
}


class ArtifactView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=sorted(ARTIFACTS)),
            OpenApiParameter("server", str, description="The Security Onion manager's address at base."),
        ],
        responses={
            (200, "text/plain"): OpenApiTypes.STR,
            400: OpenApiResponse(description="The values would not make a sound file."),
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
            text = ARTIFACTS[name](sensor, request.query_params.get("server", "") or _own_end_of_tunnel(sensor))
        except UnsafeValue as error:
            raise ValidationError(str(error)) from None
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{sensor.name}-{name}"'
        return response


def _own_end_of_tunnel(sensor: Sensor) -> str:
    """On a small installation the manager is the gateway itself; otherwise `server` says where it is."""
    return str(sensor.gateway.underlay.network_address + 1)

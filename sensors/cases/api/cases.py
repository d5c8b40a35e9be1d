"""Cases over REST, and what begins or spares one: a report of loss, a sensor's retirement."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sensors.api.filtering import by_choice, by_id, since
from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS, problem
from sensors.cases.api import serializers
from sensors.cases.operations.report_loss import report_loss
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.cases.report_keys import KeyInFlight, KeyOfAnotherReport, KeyRefused, read_key
from sensors.fleet.api.serializers import SensorSerializer
from sensors.fleet.queries import with_live_state
from sensors.models import Case, Sensor
from tenants.roles import Permission

_STATES: dict[str, Callable[[Any], Any]] = {
    "open": lambda rows: rows.open(),
    "unconfirmed": lambda rows: rows.unconfirmed(),
    "closed": lambda rows: rows.exclude(closed_at=None),
}


def _changed_since(rows: Any, at: Any) -> Any:
    return rows.changed_since(at)


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Case]):
    filters = (
        by_id("customer", "sensor__site__customer", "Those of this customer."),
        by_id("site", "sensor__site", "Those of sensors at this site."),
        by_id("sensor", "sensor", "Those of this sensor."),
        by_choice(
            "state",
            list(_STATES),
            "`open`; `unconfirmed`: open, and not every gateway has reported the cut; `closed`.",
            lambda rows, value: _STATES[value](rows),
        ),
        since(
            "changed_since",
            "Opened, confirmed or closed, or with a note or a sighting that came, at this time or later.",
            _changed_since,
        ),
    )
    serializer_class = serializers.CaseSerializer
    queryset = Case.objects.none()

    def get_serializer_class(self) -> type[serializers.CaseSerializer]:
        return serializers.CaseWithToldSerializer if self.action == "retrieve" else serializers.CaseSerializer

    def get_queryset(self) -> QuerySet[Case]:
        visible = Case.objects.visible_to(person_of(self.request)).select_related("sensor__site__customer")
        return visible.prefetch_related("measures__gateway", "notes__written_by")


class ReportLossView(APIView):
    @extend_schema(
        request=serializers.LossReport,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="Sent again with the same body within 24 hours, it is the same report, also once its case"
                " is closed.",
            )
        ],
        responses={
            201: serializers.CaseSerializer,
            409: OpenApiResponse(description="`reason: key-in-flight`: the key is at work for another sensor."),
            422: OpenApiResponse(description="`reason: key-of-another-report`: it came with another body, or sensor."),
            **PROBLEMS,
        },
    )
    def post(self, request: Request, **_: object) -> Response:
        """Sent again it answers with the case that is open already."""
        received_at, person = timezone.now(), person_of(request)
        body = serializers.LossReport(data=request.data)
        sensors = Sensor.objects.permitting(person, Permission.LOSS_REPORT)
        sensor = get_object_or_404(sensors, pk=self.kwargs["pk"])
        body.is_valid(raise_exception=True)
        try:
            key = read_key(request.headers.get("Idempotency-Key"), sensor=sensor, content=body.validated_data)
            case = report_loss(
                sensor=sensor, reported_by=person, received_at=received_at, repeated_by=key, **body.validated_data
            )
        except KeyRefused as refusal:
            return problem(400, "key-refused", str(refusal))
        except KeyOfAnotherReport:
            return problem(
                422, "key-of-another-report", "This Idempotency-Key was used for another report. Make a new one."
            )
        except KeyInFlight:
            return problem(409, "key-in-flight", "This Idempotency-Key is at work for another sensor. Make a new one.")
        return Response(serializers.CaseSerializer(case).data, status=201)


class RetireView(APIView):
    @extend_schema(request=None, responses={200: SensorSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        """Out of service for good: its certificates are revoked, its address goes to another."""
        person = person_of(request)
        sensors = Sensor.objects.permitting(person, Permission.SENSOR_MANAGE)
        sensor = get_object_or_404(sensors, pk=self.kwargs["pk"])
        retire_sensor(sensor=sensor, retired_by=person.actor)
        shown = with_live_state(Sensor.objects.visible_to(person)).get(pk=sensor.pk)
        return Response(SensorSerializer(shown).data)

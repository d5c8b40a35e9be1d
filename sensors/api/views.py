"""REST for people: the same operations and permissions as the pages."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sensors.api import serializers
from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.cases.operations.report_loss import report_loss
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.fleet.queries import with_live_state
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.keys.operations.permit_release import permit_release
from sensors.models import Case, Gateway, Sensor
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


@extend_schema_view(retrieve=extend_schema(responses={200: serializers.SensorSerializer, **PROBLEMS}))
class SensorViewSet(viewsets.ReadOnlyModelViewSet[Sensor]):
    serializer_class = serializers.SensorSerializer
    queryset = Sensor.objects.none()

    def get_queryset(self) -> QuerySet[Sensor]:
        return with_live_state(Sensor.objects.visible_to(person_of(self.request)))

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

    def _permitted(self, permission: Permission, pk: UUID) -> Sensor:
        return get_object_or_404(Sensor.objects.permitting(person_of(self.request), permission), pk=pk)

    @extend_schema(request=None, responses={201: serializers.CodeSerializer, **PROBLEMS})
    @action(detail=True, methods=["post"], url_path="enrolment-code")
    def enrolment_code(self, request: Request, pk: UUID) -> Response:
        sensor = self._permitted(Permission.ENROLMENT_CODE_ISSUE, pk)
        code = issue_sensor_code(sensor=sensor, issued_by=person_of(request).actor)
        return Response({"code": code}, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={200: serializers.SensorSerializer, **PROBLEMS})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: UUID) -> Response:
        """Out of service for good: its certificates are revoked, its address goes to another."""
        sensor = self._permitted(Permission.SENSOR_MANAGE, pk)
        retire_sensor(sensor=sensor, retired_by=person_of(request).actor)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(request=serializers.PermitRelease, responses={201: serializers.PermitSerializer, **PROBLEMS})
    @action(detail=True, methods=["post"], url_path="permit-key")
    def permit_key(self, request: Request, pk: UUID) -> Response:
        """For one boot, at the public address at which the sensor is held. Sent again it answers with the same."""
        sensor = self._permitted(Permission.DISK_KEY_PERMIT, pk)
        body = serializers.PermitRelease(data=request.data)
        body.is_valid(raise_exception=True)
        permit = permit_release(sensor=sensor, permitted_by=person_of(request), **body.validated_data)
        return Response(serializers.PermitSerializer(permit).data, status=201)

    @extend_schema(request=serializers.LossReport, responses={201: serializers.CaseSerializer, **PROBLEMS})
    @action(detail=True, methods=["post"], url_path="report-loss")
    def report_loss(self, request: Request, pk: UUID) -> Response:
        """Sent again it answers with the case that is open already."""
        received_at = timezone.now()
        body = serializers.LossReport(data=request.data)
        sensor = self._permitted(Permission.LOSS_REPORT, pk)
        body.is_valid(raise_exception=True)
        case = report_loss(
            sensor=sensor, reported_by=person_of(request), received_at=received_at, **body.validated_data
        )
        return Response(serializers.CaseSerializer(case).data, status=201)


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Case]):
    serializer_class = serializers.CaseSerializer
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        visible = Case.objects.visible_to(person_of(self.request))
        return visible.prefetch_related("measures__gateway", "notes__written_by")


class GatewayViewSet(viewsets.ReadOnlyModelViewSet[Gateway]):
    serializer_class = serializers.GatewaySerializer
    queryset = Gateway.objects.none()

    def get_queryset(self) -> QuerySet[Gateway]:
        return Gateway.objects.visible_to(person_of(self.request)).select_related("contact")

    @extend_schema(request=serializers.GatewayRevocation, responses={200: serializers.GatewaySerializer, **PROBLEMS})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: UUID) -> Response:
        """Its sensors' keys are held from then on. Sent again it changes nothing."""
        person = person_of(request)
        gateway = get_object_or_404(Gateway.objects.permitting(person, Permission.GATEWAY_MANAGE), pk=pk)
        body = serializers.GatewayRevocation(data=request.data)
        body.is_valid(raise_exception=True)
        revoke_gateway(gateway=gateway, reason=body.validated_data["reason"], revoked_by=person)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

"""Gateways over REST: to see, and to revoke."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sensors.api.filtering import by_choice, by_name
from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.models import Gateway
from tenants.roles import Permission
from tenants.validators import validate_text


class GatewaySerializer(serializers.ModelSerializer[Gateway]):
    last_report_at = serializers.DateTimeField(source="contact.last_report_at", read_only=True, default=None)
    observed_generation = serializers.IntegerField(source="contact.observed_generation", read_only=True, default=0)

    class Meta:
        model = Gateway
        fields = (
            "id", "name", "subject", "host", "port", "tcp_port", "network", "base_networks", "mssfix", "generation",
            "observed_generation", "last_report_at", "revoked_at",
        )  # fmt: skip
        read_only_fields = fields


class GatewayRevocation(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, validators=[validate_text])


class GatewayViewSet(viewsets.ReadOnlyModelViewSet[Gateway]):
    filters = (
        by_name("name", "name", "The one of this name."),
        by_choice(
            "state",
            ["in-use", "revoked"],
            "Those that are in use, or those that were revoked.",
            lambda rows, value: rows.filter(revoked_at__isnull=value == "in-use"),
        ),
    )
    serializer_class = GatewaySerializer
    queryset = Gateway.objects.none()

    def get_queryset(self) -> QuerySet[Gateway]:
        return Gateway.objects.visible_to(person_of(self.request)).select_related("contact")

    @extend_schema(request=GatewayRevocation, responses={200: GatewaySerializer, **PROBLEMS})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: UUID) -> Response:
        """Its sensors' keys are held from then on. Sent again it changes nothing."""
        person = person_of(request)
        gateway = get_object_or_404(Gateway.objects.permitting(person, Permission.GATEWAY_MANAGE), pk=pk)
        body = GatewayRevocation(data=request.data)
        body.is_valid(raise_exception=True)
        revoke_gateway(gateway=gateway, reason=body.validated_data["reason"], revoked_by=person)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

"""What the REST interface shows and takes. Lists of fields are written out: nothing appears because a model grew."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sensors.cases.operations.request_closing import OUTCOMES
from sensors.fleet.presenting import sensor_card
from sensors.models import Case, CaseNote, CaseOutcome, Gateway, KeyPermit, Measure, Sensor, Sighting
from sensors.models.case import LossKind
from sensors.models.sensor import Line
from tenants.models import Approval, Customer, Site
from tenants.networks import validate_expected_networks
from tenants.validators import validate_label, validate_text


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = ("id", "slug", "name", "registered_at")


class SiteSerializer(serializers.ModelSerializer[Site]):
    class Meta:
        model = Site
        fields = ("id", "customer", "name", "expected_networks", "registered_at")


class NewSite(serializers.Serializer[Any]):
    customer = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    expected_networks = serializers.ListField(child=serializers.CharField(max_length=50), max_length=64)

    def validate_expected_networks(self, value: list[str]) -> list[str]:
        validate_expected_networks(value)
        return value


class SensorSerializer(serializers.ModelSerializer[Sensor]):
    customer = serializers.UUIDField(source="site.customer_id", read_only=True)
    gateway = serializers.CharField(source="gateway.name", read_only=True)
    address = serializers.IPAddressField(read_only=True)
    status = serializers.SerializerMethodField()
    status_reason = serializers.SerializerMethodField()
    connected_since = serializers.SerializerMethodField()
    public_address = serializers.SerializerMethodField()
    open_case = serializers.SerializerMethodField()

    class Meta:
        model = Sensor
        fields = (
            "id", "name", "description", "hardware_serial", "line", "subject", "site", "customer", "gateway", "address",
            "state", "status", "status_reason", "connected_since", "public_address", "open_case", "registered_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_status(self, sensor: Sensor) -> str:
        return sensor_card(sensor).status.label

    def get_status_reason(self, sensor: Sensor) -> str:
        return sensor_card(sensor).status.reason

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_connected_since(self, sensor: Sensor) -> datetime | None:
        session = sensor_card(sensor).session
        return session.since if session else None

    @extend_schema_field(serializers.IPAddressField(allow_null=True))
    def get_public_address(self, sensor: Sensor) -> str | None:
        session = sensor_card(sensor).session
        return session.public_address if session else None

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_open_case(self, sensor: Sensor) -> str | None:
        case = sensor_card(sensor).case
        return str(case.pk) if case else None


class NewSensor(serializers.Serializer[Any]):
    site = serializers.UUIDField()
    gateway = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=32, validators=[validate_label])
    description = serializers.CharField(max_length=120, allow_blank=True, default="")
    hardware_serial = serializers.CharField(max_length=60, allow_blank=True, default="")
    line = serializers.ChoiceField(choices=Line.choices, default=Line.SECURITY_ONION_2_4)


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(read_only=True, help_text="Shown this once.")


class LossReport(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LossKind.choices)
    note = serializers.CharField(max_length=4000, allow_blank=True, default="", validators=[validate_text])
    callback_phone = serializers.CharField(max_length=40, allow_blank=True, default="", validators=[validate_text])


class PermitRelease(serializers.Serializer[Any]):
    public_address = serializers.IPAddressField(help_text="Where the sensor is held, as it was read.")


class PermitSerializer(serializers.ModelSerializer[KeyPermit]):
    class Meta:
        model = KeyPermit
        fields = ("public_address", "permitted_at", "expires_at", "used_at")
        read_only_fields = fields


class MeasureSerializer(serializers.ModelSerializer[Measure]):
    gateway = serializers.CharField(source="gateway.name", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Measure
        fields = ("kind", "gateway", "done_at", "detail")


class SightingSerializer(serializers.ModelSerializer[Sighting]):
    class Meta:
        model = Sighting
        fields = ("at", "times", "source_address", "serial", "line")


class NoteSerializer(serializers.ModelSerializer[CaseNote]):
    written_by = serializers.CharField(source="written_by.email", read_only=True)

    class Meta:
        model = CaseNote
        fields = ("written_by", "written_at", "text")
        read_only_fields = fields


class NewNote(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000, validators=[validate_text])


class CaseSerializer(serializers.ModelSerializer[Case]):
    measures = MeasureSerializer(many=True, read_only=True)
    notes = NoteSerializer(many=True, read_only=True)
    sightings = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = (
            "id", "sensor", "kind", "note", "received_at", "opened_at", "confirmed_at", "closed_at", "outcome",
            "measures", "notes", "sightings",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SightingSerializer(many=True))
    def get_sightings(self, case: Case) -> Any:
        """The latest fifty."""
        return SightingSerializer(case.sightings.all()[:50], many=True).data


class NewClosing(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=CaseOutcome.choices)
    reason = serializers.CharField(max_length=1000, validators=[validate_text])


class ClosingSerializer(serializers.ModelSerializer[Approval]):
    outcome = serializers.SerializerMethodField()
    requested_by = serializers.CharField(source="requested_by.email", read_only=True)

    class Meta:
        model = Approval
        fields = ("id", "outcome", "reason", "requested_by", "requested_at", "expires_at", "verdict", "decided_at")
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=CaseOutcome.choices))
    def get_outcome(self, approval: Approval) -> str:
        return OUTCOMES[approval.action].value


class DecidedClosing(serializers.Serializer[Any]):
    approval = serializers.UUIDField(help_text="The `id` of the request that was read.")


class GatewaySerializer(serializers.ModelSerializer[Gateway]):
    last_report_at = serializers.DateTimeField(source="contact.last_report_at", read_only=True, default=None)
    observed_generation = serializers.IntegerField(source="contact.observed_generation", read_only=True, default=0)

    class Meta:
        model = Gateway
        fields = (
            "id", "name", "subject", "host", "port", "network", "base_networks", "generation", "observed_generation",
            "last_report_at", "revoked_at",
        )  # fmt: skip
        read_only_fields = fields


class GatewayRevocation(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, validators=[validate_text])

"""What the REST interface shows and takes of customers, sites and sensors.

Lists of fields are written out: nothing appears because a model grew.
"""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sensors.fleet.presenting import sensor_card
from sensors.lines import Line
from sensors.models import Sensor
from tenants.models import Customer, Site
from tenants.networks import validate_expected_networks
from tenants.validators import validate_label

SETUP_FIELDS = ("home_networks", "manager_name", "manager_address")


class Setup(serializers.Serializer[Any]):
    """Lists are checked by the models' validators, in the operation."""

    # What is shown and cannot be changed here, with why.
    why_not: ClassVar[dict[str, str]] = {}

    home_networks = serializers.ListField(child=serializers.CharField(max_length=50), max_length=64, required=False)
    manager_name = serializers.CharField(max_length=63, allow_blank=True, required=False)
    manager_address = serializers.CharField(max_length=15, allow_blank=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What can be read but not changed here is refused: the one who sends it thinks that it counts."""
        strange = sorted(set(self.initial_data) - set(self.fields))
        if why := [self.why_not[name] for name in strange if name in self.why_not]:
            raise serializers.ValidationError(why)
        if strange or not set(attrs) - {"reason"}:
            can = ", ".join(self.fields)
            raise serializers.ValidationError(f"Of this, only {can} can be changed here, and at least one of them.")
        return attrs


class SiteChanges(Setup):
    name = serializers.CharField(max_length=120, required=False)
    expected_networks = serializers.ListField(child=serializers.CharField(max_length=50), max_length=64, required=False)
    reason = serializers.CharField(
        max_length=1000, required=False, help_text="With it, a second person is asked where one has to agree."
    )
    why_not: ClassVar[dict[str, str]] = {
        "customer": "A site stays its customer's: boxes never go from one customer to another.",
    }


class SensorChanges(Setup):
    name = serializers.CharField(max_length=32, required=False)
    description = serializers.CharField(max_length=120, allow_blank=True, required=False)
    hardware_serial = serializers.CharField(max_length=60, allow_blank=True, required=False)
    line = serializers.ChoiceField(choices=Line.choices, required=False)
    sniffing_interfaces = serializers.ListField(
        child=serializers.CharField(max_length=15), max_length=16, required=False
    )
    why_not: ClassVar[dict[str, str]] = {
        "site": "A sensor goes to another site by POST .../move/: people are told, since its key rests on it.",
        "gateway": "A sensor goes to another gateway by POST .../move/: it has to enrol there again.",
        "customer": "A sensor stays its customer's: retire it, and register it there.",
        "state": "The state follows from what happens to the box: it enrols, is reported, is retired.",
        "subject": "The subject is its name in certificates, and stays for good.",
        "address": "The address is its own for as long as it has its gateway.",
    }


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = ("id", "slug", "name", *SETUP_FIELDS, "registered_at")


class SiteSerializer(serializers.ModelSerializer[Site]):
    class Meta:
        model = Site
        fields = ("id", "customer", "name", "expected_networks", *SETUP_FIELDS, "registered_at")


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
            "id", "name", "description", "hardware_serial", "line", "sniffing_interfaces", *SETUP_FIELDS, "subject",
            "site", "customer", "gateway", "address", "state", "status", "status_reason", "connected_since",
            "public_address", "open_case", "registered_at",
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
    line = serializers.ChoiceField(choices=Line.choices, default=Line.SECURITY_ONION_3)

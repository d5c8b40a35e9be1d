"""What the REST interface shows and takes of cases.

Lists of fields are written out: nothing appears because a model grew.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sensors.cases.delivery_log import Party, delivery_log
from sensors.cases.operations.request_closing import OUTCOMES
from sensors.models import Case, CaseNote, CaseOutcome, Measure, Sighting
from sensors.models.case import LossKind
from tenants.models import Approval, Person
from tenants.validators import validate_text


class LossReport(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LossKind.choices)
    note = serializers.CharField(max_length=4000, allow_blank=True, default="", validators=[validate_text])
    callback_phone = serializers.CharField(max_length=40, allow_blank=True, default="", validators=[validate_text])


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
    number = serializers.CharField(
        source="called", read_only=True, help_text="To say on the telephone, such as C-1042. May be empty."
    )
    measures = MeasureSerializer(many=True, read_only=True)
    notes = NoteSerializer(many=True, read_only=True)
    sightings = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = (
            "id", "number", "sensor", "kind", "note", "received_at", "opened_at", "confirmed_at", "closed_at",
            "outcome", "measures", "notes", "sightings",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SightingSerializer(many=True))
    def get_sightings(self, case: Case) -> Any:
        """The latest fifty."""
        return SightingSerializer(case.sightings.all()[:50], many=True).data


class DeliverySerializer(serializers.Serializer[Any]):
    who = serializers.CharField(help_text="A name, or how many of whom. Empty where no account has the address now.")
    address = serializers.CharField(help_text="For the provider's staff alone; empty for others.")
    party = serializers.ChoiceField(choices=Party.choices, help_text="Whose people they are today.")
    people = serializers.IntegerField()
    by = serializers.ChoiceField(choices=["mail"])
    kind = serializers.CharField(
        allow_null=True, help_text="Such as `case_opened`, `case_confirmed`. Null where it was not recorded yet."
    )
    mails = serializers.IntegerField()
    handed_over = serializers.IntegerField(help_text="How many of these mails the mail server has taken.")
    handed_over_at = serializers.DateTimeField(allow_null=True, help_text="The last of them.")
    waiting_since = serializers.DateTimeField(allow_null=True, help_text="The first of those that wait.")
    tries = serializers.IntegerField()
    trouble = serializers.CharField(help_text="Why it waits, in words; empty if nothing is known.")


class ToldSerializer(serializers.Serializer[Any]):
    """Told means that the mail server has taken a mail; whether somebody has read it is not known."""

    people = serializers.IntegerField()
    people_told = serializers.IntegerField()
    mails = serializers.IntegerField()
    mails_waiting = serializers.IntegerField()
    deliveries = DeliverySerializer(many=True, help_text="Those that wait, then the latest: twenty with a name.")
    more = serializers.IntegerField(help_text="How many mails are not in `deliveries`.")


class CaseWithToldSerializer(CaseSerializer):
    """One case alone: a list says nothing of mails."""

    told = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = (*CaseSerializer.Meta.fields, "told")
        read_only_fields = fields

    @extend_schema_field(ToldSerializer)
    def get_told(self, case: Case) -> Any:
        """Whom the mails about this case were for: by name and address, or how many, as the reader may see."""
        reader: Person = self.context["request"].user
        return ToldSerializer(delivery_log(case, reader)).data


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

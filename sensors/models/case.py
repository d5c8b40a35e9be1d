import re
import uuid
from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from sensors.models.gateway import Gateway
from sensors.models.loss_card import LossCard
from sensors.models.sensor import Sensor
from tenants.models import Customer, Person
from tenants.roles import Permission
from tenants.validators import validate_text

# What is added to the database's own count, which begins at 1: short to say, and never mistaken for "the first case".
BEFORE_THE_FIRST_NUMBER = 1000
# ASCII digits alone, and few enough for the column.
_NUMBER = re.compile(r"\s*(?:[Cc]\s*-?\s*)?([0-9]{1,9})\s*")


def case_number(words: str) -> int | None:
    """C-1042, however somebody writes it; None for what is no number of a case."""
    written = _NUMBER.fullmatch(words)
    return int(written[1]) if written else None


class CaseQuerySet(models.QuerySet["Case"]):
    def permitting(self, person: Person, permission: Permission) -> "CaseQuerySet":
        return self.filter(sensor__site__customer__in=Customer.objects.permitting(person, permission))

    def visible_to(self, person: Person) -> "CaseQuerySet":
        return self.permitting(person, Permission.CASE_VIEW)

    def with_reporter(self) -> "CaseQuerySet":
        """And with what else each page of a case names."""
        return self.select_related("sensor__site__customer", "reported_by", "reported_with__site")

    def open(self) -> "CaseQuerySet":
        return self.filter(closed_at=None)

    def matching(self, words: str) -> "CaseQuerySet":
        """By its number, however somebody writes it, or by part of a name, a place or a serial number."""
        found = (
            Q(sensor__name__icontains=words)
            | Q(sensor__hardware_serial__icontains=words)
            | Q(sensor__site__name__icontains=words)
            | Q(sensor__site__customer__name__icontains=words)
        )
        if (number := case_number(words)) is not None:
            found |= Q(number=number)
        return self.filter(found)

    def changed_since(self, at: datetime) -> "CaseQuerySet":
        """In what is shown of it."""
        own = Q(opened_at__gte=at) | Q(confirmed_at__gte=at) | Q(closed_at__gte=at)
        told = Exists(CaseNote.objects.filter(case=OuterRef("pk"), written_at__gte=at))
        seen = Exists(Sighting.objects.filter(case=OuterRef("pk"), received_at__gte=at))
        done = Exists(Measure.objects.filter(case=OuterRef("pk"), done_at__gte=at))
        return self.filter(own | told | seen | done)

    def unconfirmed(self) -> "CaseQuerySet":
        return self.open().filter(confirmed_at=None)


class LossKind(models.TextChoices):
    LOST = "lost", _("Lost")
    STOLEN = "stolen", _("Stolen")


class CaseOutcome(models.TextChoices):
    """How a case ends. Each needs two people."""

    GIVEN_BACK = "given-back", _("Given back")
    FALSE_ALARM = "false-alarm", _("False alarm")
    WRITTEN_OFF = "written-off", _("Written off")


class CaseNumber(models.Model):
    """A row for each number that was given to a case. The database counts them, so no report waits for another one."""

    given_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.pk)


class Case(models.Model):
    """One loss report and all that follows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None only for a report that a process of the version before took while an upgrade was going on.
    number = models.PositiveIntegerField(unique=True, null=True, editable=False)
    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=10, choices=LossKind.choices)
    note = models.TextField("what happened", blank=True, max_length=4000, validators=[validate_text])
    callback_phone = models.CharField("phone to reach you", max_length=40, blank=True, validators=[validate_text])
    reported_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    # In the place of a person: by somebody without an account.
    reported_with = models.ForeignKey(LossCard, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    received_at = models.DateTimeField(help_text="When the report's request began.")
    opened_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last gateway concerned had reported."
    )
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, choices=CaseOutcome.choices)

    objects: ClassVar[models.Manager["Case"]] = CaseQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at",)
        constraints = (
            models.UniqueConstraint(fields=["sensor"], condition=Q(closed_at=None), name="one_open_case_per_sensor"),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(reported_by__isnull=False, reported_with=None)
                | Q(reported_by=None, reported_with__isnull=False),
                name="reported_by_a_person_or_a_card",
            ),
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (self.called, f"{self.get_kind_display()}: {self.sensor}")))

    @property
    def called(self) -> str:
        """What people say on the telephone: C-1042. Empty for a case without a number."""
        return f"C-{self.number}" if self.number else ""

    @property
    def reporter(self) -> Person | LossCard:
        """Whose name stands where it is said who reported."""
        reporter = self.reported_by or self.reported_with
        if reporter is None:
            raise ValueError("A case has a reporter.")
        return reporter

    @property
    def about(self) -> str:
        """How mails and audit entries name this case."""
        return f"case:{self.pk}"


class MeasureKind(models.TextChoices):
    KEY_WITHHELD = "key-withheld", _("Disk key withheld")
    CERTIFICATE_REVOKED = "certificate-revoked", _("Certificate revoked")
    SESSION_ENDED = "session-ended", _("Session ended")
    FIREWALL_CLOSED = "firewall-closed", _("Firewall closed")


GATEWAY_MEASURES = (MeasureKind.SESSION_ENDED, MeasureKind.FIREWALL_CLOSED)


class Measure(models.Model):
    """One step of a cut-off. `done_at` is set only from what was committed here or reported by the gateway."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="measures")
    kind = models.CharField(max_length=30, choices=MeasureKind.choices)
    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, null=True)
    done_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["case", "kind", "gateway"], name="one_measure_per_gateway"),
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(gateway=None), name="one_measure_at_base"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.case}"


class CaseNote(models.Model):
    """What somebody knows of a case, in their own words: where it was seen, a police reference, that it was found."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="case_notes")
    written_at = models.DateTimeField()
    # A report's own words and telephone number fit in: see `report_loss`.
    text = models.TextField("note", validators=[MaxLengthValidator(4100), validate_text])

    class Meta:
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return f"{self.written_by} on {self.case}"


class Sighting(models.Model):
    """A trace of a cut-off sensor: it tried to connect and was refused, or asked for its key and was refused.

    One row for all knocks with one certificate from one address within some minutes. See `note_sightings`.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sightings")
    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(help_text="The last time. By the clock of whoever saw it, where that can be true.")
    told_at = models.DateTimeField(help_text="The last time, as it was told.")
    first_at = models.DateTimeField(help_text="When the first of these knocks was told of, by the portal's clock.")
    received_at = models.DateTimeField(help_text="When the last was told of, by the portal's clock.")
    times = models.PositiveIntegerField(default=1)
    source_address = models.GenericIPAddressField()
    serial = models.CharField(max_length=50)
    line = models.TextField(help_text="The last log line, as it was written.")

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=["case", "-at"], name="sighting_latest"),
            models.Index(fields=["case", "serial", "source_address"], name="sighting_folded"),
        )

    def __str__(self) -> str:
        return f"{self.case} from {self.source_address} at {self.at}"

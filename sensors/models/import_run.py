import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tenants.models import Customer, Person
from tenants.roles import Permission

# What a file said is not kept for longer.
KEPT_FOR = timedelta(hours=24)


class ImportOutcome(models.TextChoices):
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"
    EXPIRED = "expired", "Expired"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, person: Person) -> "ImportRunQuerySet":
        """Staff who may add sites and sensors to its customer: its rows name people and their telephones."""
        if not person.provider_roles():
            return self.none()
        customers = Customer.objects.permitting(person, Permission.SENSOR_MANAGE)
        return self.filter(customer__in=customers.permitting(person, Permission.SITE_MANAGE))

    def open(self) -> "ImportRunQuerySet":
        return self.filter(ended_at=None)


class ImportRun(models.Model):
    """A file of sites, people and boxes of one customer, without a fault when it came: shown, then made true."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="import_runs")
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    notes = models.JSONField(default=list, help_text="What somebody should know of how the file was read.")
    # Of what is new; what is there already, as the file says, is counted apart.
    sites = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    boxes = models.PositiveIntegerField()
    there_already = models.PositiveIntegerField()
    rows_done = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    # Where it stands still, and why: somebody has changed something since the file came.
    stopped_at = models.CharField(max_length=80, blank=True)
    stopped_because = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, choices=ImportOutcome.choices)

    objects: ClassVar[models.Manager["ImportRun"]] = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ("-uploaded_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at=None), name="one_open_import_per_customer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} for {self.customer}"

    @property
    def rows(self) -> int:
        """Those that make something."""
        return self.sites + self.people + self.boxes

    @property
    def forgotten_at(self) -> datetime:
        """Unless it has ended before."""
        return self.uploaded_at + KEPT_FOR

    @property
    def about(self) -> str:
        """How the audit trail names it."""
        return f"import:{self.pk}"


class ImportPart(models.Model):
    """Rows of a file that become true together, in one transaction, in which this one goes."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    rows = models.JSONField()
    count = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.count} rows of {self.run_id}"

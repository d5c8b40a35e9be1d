import uuid
from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q

from tenants.models.customer import Customer
from tenants.models.person import Person
from tenants.roles import Permission
from tenants.validators import validate_text


class ApprovalVerdict(models.TextChoices):
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"
    OVERTAKEN = "overtaken", "Overtaken"  # by something that happened meanwhile


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, person: Person) -> "ApprovalQuerySet":
        """The provider's own for its staff; a customer's for who may see its cases."""
        visible = Q(customer__in=Customer.objects.permitting(person, Permission.CASE_VIEW))
        if person.provider_roles():
            visible |= Q(customer=None)
        return self.filter(visible)

    def undecided(self) -> "ApprovalQuerySet":
        """Also those whose time is over and nobody has noticed yet."""
        return self.filter(verdict="")

    def approved(self) -> "ApprovalQuerySet":
        return self.filter(verdict=ApprovalVerdict.APPROVED)

    def waiting(self, now: datetime) -> "ApprovalQuerySet":
        return self.undecided().filter(expires_at__gt=now)


class Approval(models.Model):
    """Something that one person has asked for and another must agree to before it is done, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None: it concerns the provider itself.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="approvals")
    action = models.CharField(max_length=40, help_text="Such as case:give-back.")
    about = models.CharField(max_length=280, help_text="Such as case: and its key.")
    details = models.JSONField(default=dict, help_text="What exactly would be done, where that stands nowhere else.")
    reason = models.TextField("why", validators=[MaxLengthValidator(1000), validate_text])
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="approvals_requested")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, blank=True, choices=ApprovalVerdict.choices)
    # Nobody, where time or an event has decided.
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="approvals_decided")
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Approval"]] = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at",)
        constraints = (
            models.UniqueConstraint(fields=["about"], condition=Q(verdict=""), name="one_undecided_approval"),
            # Whatever code forgets: one person alone never passes, and nobody does not, either.
            models.CheckConstraint(
                condition=~Q(verdict=ApprovalVerdict.APPROVED)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("requested_by")),
                name="approved_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} for {self.about}"

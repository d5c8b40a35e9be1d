from typing import ClassVar

from django.db import models

from tenants.audit import chain as audit_chain
from tenants.models.customer import Customer
from tenants.models.person import Person
from tenants.roles import Permission


class AuditChain(models.Model):
    """The head of one hash chain: one for each customer and one, without a customer, for the provider."""

    name = models.CharField(max_length=60, unique=True)
    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, null=True, related_name="audit_chain")
    length = models.BigIntegerField(default=0)
    head_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, person: Person) -> "AuditEntryQuerySet":
        """The provider's own chain for its staff; a customer's for who may read its audit trail."""
        customers = Customer.objects.permitting(person, Permission.AUDIT_VIEW)
        visible = models.Q(chain__customer__in=customers)
        if person.provider_roles():
            visible |= models.Q(chain__customer=None)
        return self.filter(visible)


class AuditEntry(models.Model):
    """One thing that happened. Append-only: triggers refuse changes, for raw SQL too."""

    # No index of its own: that of `audit_sequence_once` begins with it.
    chain = models.ForeignKey(AuditChain, on_delete=models.PROTECT, related_name="entries", db_index=False)
    sequence = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=280)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar[models.Manager["AuditEntry"]] = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ("chain", "sequence")
        verbose_name_plural = "audit entries"
        constraints = (models.UniqueConstraint(fields=["chain", "sequence"], name="audit_sequence_once"),)

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}: {self.action}"

    def as_entry(self) -> audit_chain.Entry:
        return audit_chain.Entry(
            chain=self.chain.name,
            sequence=self.sequence,
            at=self.at.isoformat(),
            actor=self.actor,
            action=self.action,
            subject=self.subject,
            details=self.details,
            previous_hash=self.previous_hash,
            hash=self.hash,
        )

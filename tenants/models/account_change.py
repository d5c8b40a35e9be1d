from django.db import models

from database.append_only import append_only
from tenants.models.customer import Customer
from tenants.models.person import Person


class AccountStep(models.TextChoices):
    """What was done to an account, in the words of the audit trail."""

    ADD = "person:add", "Made"
    READMIT = "person:readmit", "Invited again"
    GRANT = "person:role:grant", "Given a role"
    REVOKE = "person:role:revoke", "Lost a role"
    DISABLE = "person:disable", "Lost the right to sign in"
    PASSWORD_CHANGE = "person:password:change", "Password changed"
    PASSWORD_RESET = "person:password:reset", "Password set by mail"
    PASSKEY_ADD = "person:passkey:add", "Passkey added"
    PASSKEY_REMOVE = "person:passkey:remove", "Passkey removed"
    FACTOR_ON = "person:second-factor:on", "Second factor turned on"
    FACTOR_OFF = "person:second-factor:off", "Second factor taken away"
    CODES_RENEW = "person:recovery-codes:renew", "New recovery codes"


@append_only
class AccountChange(models.Model):
    """What was done to an account, when and by whom: what decides whether it counts as one of two people.

    Append-only: triggers refuse changes, for raw SQL too.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="account_changes")
    step = models.CharField(max_length=40, choices=AccountStep.choices)
    role = models.CharField(max_length=20, blank=True, help_text="The role that was given or lost.")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    # Nobody of the portal: the owner of its host, by a command there.
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["step", "role", "at"], name="account_change_of_late"),)

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.person}"

    @property
    def about(self) -> str:
        """How mails name it."""
        return f"account-change:{self.pk}"

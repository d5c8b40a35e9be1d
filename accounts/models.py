from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.token_text import PREFIX_LENGTH
from tenants.models import AccountChange, AccountStep, Customer, Person
from tenants.validators import validate_display_name


class BrowserLink(models.Model):
    """A link that was mailed to make one browser known. Its row goes when it is used."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="browser_links")
    # The link's secret has 256 random bits, so no slow hash is needed.
    secret_hash = models.CharField(max_length=64, unique=True)
    # What a known browser is bound to: a new password ends both.
    binding = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"link of {self.made_at:%Y-%m-%d %H:%M} for {self.person}"


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def of(self, person: Person) -> "AccessTokenQuerySet":
        return self.filter(person=person)

    def visible_to(self, person: Person) -> "AccessTokenQuerySet":
        """In the admin: provider staff see everybody's."""
        return self.all() if person.provider_roles() else self.none()

    def good(self, now: datetime) -> "AccessTokenQuerySet":
        """Neither revoked nor at their end. Whether the account behind one still is as it was, `has_ended` says."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class AccessToken(models.Model):
    """By which a program speaks for a person, who answers for it. Never deleted: the audit trail names it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_tokens")
    name = models.CharField(max_length=80, validators=[validate_display_name])
    prefix = models.CharField("public part", max_length=PREFIX_LENGTH, unique=True)
    secret_hash = models.CharField(max_length=64)
    permissions = models.JSONField(default=list, help_text="Of these, what the person may at the moment of use.")
    # None: all of the person's customers.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # What had ended at this account when the token was made. Those rows are only ever added.
    endings_seen = models.PositiveIntegerField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # None, with a time: a command on the portal's host.
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["AccessToken"]] = AccessTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["person", "name"], condition=models.Q(revoked_at=None), name="token_name_once_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} (nsm_{self.prefix})"

    def has_ended(self) -> bool:
        """Whether the right to sign in, a role or the second factor was taken away since. It stays so: who gets them
        back makes a new token."""
        return endings_of(self.person, self.customer) > self.endings_seen


def endings_of(person: Person, customer: Customer | None) -> int:
    """How often something was taken away from the account that concerns a token, one for this customer alone or not."""
    steps = (AccountStep.DISABLE, AccountStep.READMIT, AccountStep.REVOKE, AccountStep.FACTOR_OFF)
    changes = AccountChange.objects.filter(person=person, step__in=steps)
    if customer is not None:
        changes = changes.filter(models.Q(customer=None) | models.Q(customer=customer))
    return changes.count()


class AccessTokenUse(models.Model):
    """When and from where a token was last used; a row of its own, since it is written often."""

    token = models.OneToOneField(AccessToken, on_delete=models.PROTECT, primary_key=True, related_name="use")
    at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)

    def __str__(self) -> str:
        return f"{self.token.name}: {self.at:%Y-%m-%d %H:%M} from {self.address}" if self.at else "not used yet"

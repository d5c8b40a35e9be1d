from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.actors import Actor
from tenants.models import Customer, Person, Site
from tenants.roles import Permission


class LossCardQuerySet(models.QuerySet["LossCard"]):
    def permitting(self, person: Person, permission: Permission) -> "LossCardQuerySet":
        return self.filter(site__customer__in=Customer.objects.permitting(person, permission))

    def with_code(self, digest: str) -> "LossCardQuerySet":
        """For who holds the card: at most one, and good."""
        return self.good().filter(digest=digest)

    def good(self) -> "LossCardQuerySet":
        return self.filter(revoked_at=None)


class LossCard(models.Model):
    """A printed card by which somebody without an account reports a box of one site. Its number is its key.

    Kept is the SHA-256 of its code only: that has more than 110 random bits, so no slow hash is needed.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="loss_cards")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["LossCard"]] = LossCardQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["site"], condition=Q(revoked_at=None), name="one_good_card_per_site"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="card_revoked_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return _("Loss card %(number)s, %(site)s") % {"number": self.pk, "site": self.site.name}

    @property
    def about(self) -> str:
        """How mails and audit entries name this card."""
        return f"card:{self.pk}"

    @property
    def actor(self) -> Actor:
        return Actor.card(self.pk)

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils import timezone

from tenants.models.customer import Customer
from tenants.models.person import Person
from tenants.models.setup_level import SetupLevel
from tenants.networks import Address, is_in_networks, validate_expected_networks
from tenants.roles import Permission
from tenants.validators import validate_display_name


class SiteQuerySet(models.QuerySet["Site"]):
    def permitting(self, person: Person, permission: Permission) -> "SiteQuerySet":
        return self.filter(customer__in=Customer.objects.permitting(person, permission))

    def visible_to(self, person: Person) -> "SiteQuerySet":
        return self.permitting(person, Permission.SENSOR_VIEW)

    def to_announce(self) -> "SiteQuerySet":
        return self.exclude(networks_announced_for=F("networks_set_at"), networks_announced_for__isnull=False)


class Site(SetupLevel):
    """A place at a customer's, with the public networks from which its sensors appear."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=120, validators=[validate_display_name])
    expected_networks = models.JSONField(
        help_text="Public networks from which this site's sensors appear.",
        validators=[validate_expected_networks],
        default=list,
    )
    networks_set_by = models.CharField(max_length=280, editable=False, default="")
    networks_set_at = models.DateTimeField(default=timezone.now, editable=False)
    # The worker's words alone: each network of which people were told, with when; and up to which `networks_set_at` it
    # has looked. What is expected but stands here not, or only since a moment ago, holds a key back.
    announced_networks = models.JSONField(default=dict, editable=False)
    networks_announced_for = models.DateTimeField(null=True, editable=False)
    registered_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Site"]] = SiteQuerySet.as_manager()

    class Meta:
        ordering = ("customer", "name")
        constraints = (models.UniqueConstraint(fields=["customer", "name"], name="site_name_once_per_customer"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.customer}"

    def expects(self, address: Address) -> bool:
        return is_in_networks(address, self.expected_networks)

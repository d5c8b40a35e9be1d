import uuid
from datetime import timedelta
from typing import ClassVar, cast

from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from tenants.models.person import Person
from tenants.models.setup_level import SetupLevel
from tenants.roles import CustomerRole, Permission, ProviderRole
from tenants.validators import validate_display_name, validate_label


class CustomerQuerySet(models.QuerySet["Customer"]):
    def permitting(self, person: Person, permission: Permission) -> "CustomerQuerySet":
        """The customers on which `person` holds `permission` through a role; never "all", for nobody.

        By a token, those among them for which that was made.
        """
        if not person.is_active or not person.lends(permission):
            return self.none()
        permitted = get_objects_for_user(
            person, permission.django_name, self, with_superuser=False, accept_global_perms=False
        )
        if person.confined_to and person.confined_to.customer:
            permitted = permitted.filter(pk=person.confined_to.customer)
        return cast(CustomerQuerySet, permitted)

    def visible_to(self, person: Person) -> "CustomerQuerySet":
        return self.permitting(person, Permission.CUSTOMER_VIEW)


class Customer(SetupLevel):
    """A tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField("short name", max_length=32, unique=True, validators=[validate_label])
    name = models.CharField(max_length=120, validators=[validate_display_name])
    change_delay_minutes = models.PositiveSmallIntegerField(
        "minutes until a change counts",
        default=5,
        validators=[MaxValueValidator(24 * 60)],
        help_text="So long after people were told of a new enrolment code, network or permit, no box of this customer "
        "gets the key of its disk by it.",
    )
    # The worker's word alone: a shorter delay counts only once people were told of it and the longer one is over.
    change_delay_in_force = models.PositiveSmallIntegerField(default=5, editable=False)
    two_people_for_changes = models.BooleanField(
        "two people for changes",
        default=False,
        help_text="An enrolment code for a sensor of this customer, and other networks for a site, need a second "
        "member of the staff who agrees.",
    )
    registered_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Customer"]] = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        permissions = tuple((permission.value, permission.value) for permission in Permission)

    def __str__(self) -> str:
        return self.name

    def permits(self, person: Person, permission: Permission) -> bool:
        return Customer.objects.permitting(person, permission).filter(pk=self.pk).exists()

    @property
    def change_delay(self) -> timedelta:
        return timedelta(minutes=max(self.change_delay_minutes, self.change_delay_in_force))


class CustomerGroupObjectPermission(GroupObjectPermissionBase):
    """guardian's permission rows with a real foreign key: joined without casts, and no row can point at nothing."""

    content_object = models.ForeignKey(Customer, on_delete=models.CASCADE)


class CustomerRoleGroup(models.Model):
    """The group whose members hold `role` at `customer`."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="role_groups")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in CustomerRole])
    group = models.OneToOneField(Group, on_delete=models.CASCADE)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "role"], name="one_group_per_customer_role"),)

    def __str__(self) -> str:
        return f"{self.role} of {self.customer}"


class ProviderRoleGroup(models.Model):
    """The group whose members hold `role` at the provider."""

    role = models.CharField(max_length=20, unique=True, choices=[(role.value, role.value) for role in ProviderRole])
    group = models.OneToOneField(Group, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"provider {self.role}"

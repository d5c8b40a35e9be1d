from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tenants.actors import Actor
from tenants.confinement import Confinement
from tenants.roles import PROVIDER_PERMISSIONS, Permission, ProviderRole
from tenants.validators import validate_display_name, validate_text

if TYPE_CHECKING:
    from tenants.models.customer import Customer


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> "PersonQuerySet":
        return self.filter(is_active=True)

    def visible_to(self, person: "Person") -> "PersonQuerySet":
        """In the admin: provider staff see everybody."""
        return self.all() if person.provider_roles() else self.none()

    def of_customer(self, customer: "Customer") -> "PersonQuerySet":
        """Who may sign in with a role there, for those who look after the customer's people. None of the staff."""
        own = self.active().filter(groups__customerrolegroup__customer=customer)
        return own.exclude(groups__providerrolegroup__isnull=False).distinct()

    def provider_staff(self) -> "PersonQuerySet":
        return self.active().filter(groups__providerrolegroup__isnull=False).distinct()


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]  # made at run time
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person: Person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.full_clean(exclude=["password"])
        person.save()
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Provider staff or a customer's contact. The e-mail address is the name; nobody is a superuser."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120, validators=[validate_display_name])
    phone = models.CharField(max_length=40, blank=True, validators=[validate_text])
    is_active = models.BooleanField("may sign in", default=True)
    is_staff = models.BooleanField("may enter the admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    # Both empty for who chose none: then the browser and the installation say which.
    language = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    time_zone = models.CharField(max_length=60, blank=True, default="", db_default="", editable=False)
    # Raised to end all sessions and forget all browsers that are known; a new password does so by itself.
    sign_in_generation = models.PositiveIntegerField(default=0, editable=False)

    # Set where a program speaks by a token of this person's: all that asks what the person may asks this, too.
    confined_to: Confinement | None = None

    objects: ClassVar[PersonManager] = PersonManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name_plural = "people"
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="person_email_any_case",
                violation_error_message="Somebody has this e-mail address already.",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What Django binds a session to, with the generation in it: ending all needs no look into any."""
        bound_to = f"{self.sign_in_generation}:{self.password}"
        return salted_hmac("tenants.person.session", bound_to, secret=secret, algorithm="sha256").hexdigest()

    @property
    def actor(self) -> Actor:
        return Actor("person", self.email, token=self.confined_to.token if self.confined_to else "")

    def lends(self, permission: Permission) -> bool:
        """Whether the one who speaks may use it, if the person holds it: always, but by a token."""
        return self.confined_to is None or self.confined_to.allows(permission)

    def works_for_provider(self) -> bool:
        return bool(self._roles_at_provider())

    def provider_roles(self) -> set[ProviderRole]:
        """None by a token for one customer: what they open concerns all."""
        if self.confined_to and self.confined_to.customer:
            return set()
        return self._roles_at_provider()

    def _roles_at_provider(self) -> set[ProviderRole]:
        if not self.is_active:
            return set()
        rows = self.groups.filter(providerrolegroup__isnull=False).values_list("providerrolegroup__role", flat=True)
        return {ProviderRole(role) for role in rows}

    def permits_at_provider(self, permission: Permission) -> bool:
        """For what concerns no single customer; at one of them `Customer.permits` says."""
        held = any(permission in PROVIDER_PERMISSIONS[role] for role in self.provider_roles())
        return held and self.lends(permission)

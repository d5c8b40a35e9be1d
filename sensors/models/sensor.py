import uuid
from typing import TYPE_CHECKING, ClassVar, TypedDict

from django.db import models
from django.utils import timezone

from sensors.interfaces import validate_interfaces
from sensors.lines import Line
from sensors.models.address import UnderlayAddress
from sensors.models.gateway import Gateway
from sensors.models.loss_card import LossCard
from sensors.names_in_order import in_natural_order, searched_text
from sensors.states import SensorState
from sensors.subjects import new_sensor_subject
from tenants.models import Customer, Person, SetupChanges, SetupLevel, Site
from tenants.roles import Permission
from tenants.validators import validate_display_name, validate_label

if TYPE_CHECKING:
    from sensors.models.enrolment import EnrolmentCode


# The last two make it one order also where names are the same.
IN_ORDER = ("site__customer__name", "site__name", "name_order", "name", "id")


class SensorQuerySet(models.QuerySet["Sensor"]):
    def permitting(self, person: Person, permission: Permission) -> "SensorQuerySet":
        return self.filter(site__customer__in=Customer.objects.permitting(person, permission))

    def visible_to(self, person: Person) -> "SensorQuerySet":
        return self.permitting(person, Permission.SENSOR_VIEW)

    def offered_by(self, card: LossCard) -> "SensorQuerySet":
        """To who holds the card: what could be gone from its site, and what was reported there already."""
        return self.filter(site=card.site_id).exclude(state=SensorState.RETIRED)


class SensorSetupChanges(SetupChanges, total=False):
    """What a caller changes of a sensor's facts for the setup; what is not named stays as it is."""

    line: str
    sniffing_interfaces: list[str]


class SensorWords(TypedDict, total=False):
    """What a caller changes of what people call a sensor; what is not named stays as it is."""

    name: str
    description: str
    hardware_serial: str


class Sensor(SetupLevel):
    """A Security Onion box at a customer's site."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sensors")
    gateway = models.ForeignKey(Gateway, on_delete=models.PROTECT, related_name="sensors")
    name = models.CharField("host name", max_length=32, validators=[validate_label])
    description = models.CharField(
        "what and where it is",
        max_length=120,
        blank=True,
        validators=[validate_display_name],
        help_text="In words by which somebody on site knows the box, such as 'grey box in rack 2, top'.",
    )
    hardware_serial = models.CharField("serial number", max_length=60, blank=True, validators=[validate_display_name])
    line = models.CharField(max_length=10, choices=Line.choices, default=Line.SECURITY_ONION_3)
    # Of this box alone: another one at the same site has other cards. `SetupLevel` are what it shares, or does not.
    sniffing_interfaces = models.JSONField(
        blank=True,
        default=list,
        # Processes of an earlier version, which do not know the column, add sensors during an upgrade.
        db_default=[],
        validators=[validate_interfaces],
        help_text="As the kernel calls them, one a line, such as enp2s0f1, bond1 or eth0.100.",
    )
    subject = models.CharField(max_length=20, unique=True, default=new_sensor_subject, editable=False)
    # Written by sensors.fleet.operations.change_state and by nothing else; a test looks for a second writer.
    state = models.CharField(
        max_length=20,
        choices=[(state.value, state.value) for state in SensorState],
        default=SensorState.REGISTERED,
        editable=False,
        db_index=True,
    )
    # A retired sensor keeps the address it had, which may be another's by now.
    underlay_address = models.ForeignKey(
        UnderlayAddress, on_delete=models.PROTECT, editable=False, related_name="sensors"
    )
    # The signer's word: the code by which the present box came in the place of one that had a disk key already.
    enrolled_anew_with = models.ForeignKey(
        "sensors.EnrolmentCode", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    registered_at = models.DateTimeField(default=timezone.now, editable=False)
    # Both by the database itself, at each write: by the first box-2 stands before box-10, the second is searched.
    name_order = models.GeneratedField(
        expression=in_natural_order("name"), output_field=models.CharField(max_length=50), db_persist=True
    )
    searched = models.GeneratedField(
        expression=searched_text("name", "description", "hardware_serial", "subject"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects: ClassVar[models.Manager["Sensor"]] = SensorQuerySet.as_manager()

    class Meta:
        ordering = IN_ORDER
        indexes = (models.Index(fields=["site", "name_order"], name="sensor_in_order"),)
        constraints = (
            models.UniqueConstraint(fields=["site", "name"], name="sensor_name_once_per_site"),
            models.UniqueConstraint(
                fields=["underlay_address"],
                condition=~models.Q(state=SensorState.RETIRED),
                name="one_owner_per_address",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def customer(self) -> Customer:
        return self.site.customer

    @property
    def unconfirmed_code(self) -> "EnrolmentCode | None":
        """By which the present box came in the place of another, and only one person has wanted that so far."""
        code = self.enrolled_anew_with
        return code if code and code.confirmed_at is None else None

    @property
    def address(self) -> str:
        return self.underlay_address.address

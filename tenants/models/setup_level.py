from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import models

from tenants.networks import canonical, validate_home_networks, validate_manager_address
from tenants.validators import validate_manager_name


class SetupChanges(TypedDict, total=False):
    """What a caller changes of `SetupLevel`; what is not named stays as it is."""

    home_networks: list[str]
    manager_name: str
    manager_address: str


class SetupLevel(models.Model):
    """What Security Onion's setup has to be told. Empty: as the level above says, sensor, then site, then customer.

    The manager's name and address go together: where both are empty, both come from above.
    """

    # Processes of an earlier version, which do not know these columns, add rows during an upgrade.
    home_networks = models.JSONField(
        blank=True,
        default=list,
        db_default=[],
        validators=[validate_home_networks],
        help_text="The networks that are at home there (HOME_NET), one a line, such as 10.20.0.0/16.",
    )
    manager_name = models.CharField(
        "manager's host name",
        max_length=63,
        blank=True,
        default="",
        db_default="",
        validators=[validate_manager_name],
        help_text="As the Security Onion manager calls itself (hostname), capitals included.",
    )
    manager_address = models.CharField(
        "manager's address",
        max_length=15,
        blank=True,
        default="",
        db_default="",
        validators=[validate_manager_address],
        help_text="At base, inside a network that the sensors' gateway lets them reach.",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """One without the other would be put together with the other one of the level above, or with none."""
        if self.manager_name and not self.manager_address:
            raise ValidationError({"manager_address": "Give the manager's address as well, or neither."})
        if self.manager_address and not self.manager_name:
            raise ValidationError({"manager_name": "Give the manager's host name as well, or neither."})


def take_setup(facts: SetupLevel, changes: SetupChanges) -> dict[str, dict[str, object]]:
    """Changes what is named, checked and canonical; what it was and is, for the audit trail. Raises ValidationError."""
    before = {name: getattr(facts, name) for name in changes}
    for name, value in changes.items():
        setattr(facts, name, value)
    facts.full_clean()
    facts.home_networks = canonical(facts.home_networks)
    return {"from": before, "to": {name: getattr(facts, name) for name in changes}}

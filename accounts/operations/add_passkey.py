"""Add a passkey to a person's own account."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from accounts.passkeys import NewPasskey, credential_of, passkeys_of
from tenants.models import Person
from tenants.operations.grant_role import lock_person
from tenants.validators import validate_display_name

# Of one person: to find the one that is shown, all of them are read.
MOST = 10
LONGEST_NAME = 80


def check_room(person: Person) -> None:
    """Raises ValidationError. Also asked before a browser makes one, which would then be of no use."""
    if len(passkeys_of(person)) >= MOST:
        raise ValidationError(
            _("You have %(most)d passkeys already. Remove one that you no longer use first.") % {"most": MOST}
        )


@transaction.atomic
def add_passkey(*, name: str, made: NewPasskey, added_by: Person, caller: Caller) -> tuple[Authenticator, bool]:
    """The passkey, and whether recovery codes were made for the day on which its device is lost: there were none.

    The person hears of it by mail. Raises ValidationError for one that is there already, one too many, or a name that
    cannot be shown.
    """
    validate_display_name(name)
    lock_person(added_by)
    check_room(added_by)
    if any(credential_of(each).credential_id == made.credential_id for each in passkeys_of(added_by)):
        raise ValidationError(_("This passkey is in your list already."))
    passkey: Authenticator = Authenticator.objects.create(
        user=added_by,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": name[:LONGEST_NAME], "credential": made.credential, "counter": made.counter},
    )
    codes = Authenticator.objects.filter(user=added_by, type=Authenticator.Type.RECOVERY_CODES)
    has_new_codes = not codes.exists()
    RecoveryCodes.activate(added_by)
    record_sign_in(person=added_by, step=Step.PASSKEY_ADD, actor=added_by.actor, caller=caller, details={"name": name})
    return passkey, has_new_codes

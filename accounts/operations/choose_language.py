"""A person chooses the language and the time zone of their pages and mails."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.operations.record_sign_in import Caller, Step, record_sign_in
from notices.time_zones import known_zones
from tenants.models import Person


@transaction.atomic(durable=True)
def choose_language(*, person: Person, language: str, time_zone: str, caller: Caller) -> None:
    """For themselves alone. Empty means no choice. `time_zone` is a name of the IANA database.

    Raises ValidationError, by field, for what there is not; nothing is changed then.
    """
    faults: dict[str, list[str]] = {}
    if language and language not in dict(settings.LANGUAGES):
        faults["language"] = [_("There is no such language here. Choose one of the list.")]
    if time_zone and time_zone not in known_zones():
        faults["time_zone"] = [_("There is no such time zone. Choose one of the list, such as Europe/Berlin.")]
    if faults:
        raise ValidationError(faults)
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    before = {"language": person.language, "time_zone": person.time_zone}
    after = {"language": language, "time_zone": time_zone}
    if before == after:
        return
    person.language, person.time_zone = language, time_zone
    person.save(update_fields=["language", "time_zone"])
    record_sign_in(
        person=person,
        step=Step.LANGUAGE_CHOOSE,
        actor=person.actor,
        caller=caller,
        details={"from": before, "to": after},
    )

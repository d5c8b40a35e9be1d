"""In which language and time zone somebody reads mails, by the address alone."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone, translation

from notices.time_zones import zone_of


@dataclass(frozen=True, slots=True)
class Manner:
    language: str
    time_zone: str

    @contextmanager
    def spoken(self) -> Iterator[None]:
        """Texts and times that are written inside are in it, whatever the request or the worker speaks."""
        zone = zone_of(self.time_zone, otherwise=settings.DEFAULT_TIME_ZONE)
        with translation.override(self.language), timezone.override(zone):
            yield


def manners_of(addresses: Collection[str], *, only_english: bool) -> dict[Manner, list[str]]:
    """Who reads in which manner, in one query. Who chose none, or has no account, reads in the installation's.

    `only_english` for a mail that is not translated yet: it is whole in English, with each reader's times.
    """
    known = settings.LANGUAGES if not only_english else [(settings.LANGUAGE_CODE, "")]
    default = settings.LANGUAGE_CODE if only_english else settings.DEFAULT_LANGUAGE
    rows = get_user_model().objects.filter(email__in=addresses).values_list("email", "language", "time_zone")
    chosen = {email: (language, zone) for email, language, zone in rows}
    manners: dict[Manner, list[str]] = defaultdict(list)
    for address in addresses:
        language, zone = chosen.get(address, ("", ""))
        manners[Manner(language if language in dict(known) else default, zone)].append(address)
    return manners

"""The certificates that the doors really show: a renewed one counts only once its nginx was restarted."""

import logging
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from limits.kept import Kept

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds


def ends_of_doors() -> dict[str, datetime | None]:
    """By door, when its certificate ends; None for one that does not answer. One without TLS is left out."""
    urls = {"people": settings.BASE_URL, "machines": settings.MACHINES_DOOR_URL}
    return {name: _end_of(name, url) for name, url in urls.items() if urlsplit(url).scheme == "https"}


def _end_of(name: str, url: str) -> datetime | None:
    """Not whose it is. The machines' door wants ours only after it has shown its own (RFC 8446, 4.4)."""
    parts = urlsplit(url)
    try:
        pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=PATIENCE)
        return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    except (OSError, ValueError) as error:
        logger.warning("the door for %s does not answer: %s", name, type(error).__name__)
        return None


DOORS = Kept(ends_of_doors, seconds=60, patience=10)

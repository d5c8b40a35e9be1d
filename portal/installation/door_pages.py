"""Pages of nginx at the people's door, for when the portal itself answers nothing: each says whom to call."""

import re
from html import escape
from pathlib import Path

from portal.installation import files, places
from portal.phone import dialled

_TEXTS = places.DEPLOY / "nginx"
NAMES = ("people-away.html", "people-too-large.html", "people-too-many.html")


def door_pages(*, phone: str, folder: Path) -> dict[Path, str]:
    """Where each lies, and what it says. `phone` is empty where the provider has given none."""
    frame = files.text_of(_TEXTS / "page-frame.html")
    return {folder / name: _page(frame, files.text_of(_TEXTS / name), call(phone)) for name in NAMES}


def call(phone: str) -> str:
    if not phone:
        return ""
    return f'<a class="call" href="tel:{dialled(phone)}">Call us, day and night: <strong>{escape(phone)}</strong></a>'


def _page(frame: str, text: str, called: str) -> str:
    title, _, rest = text.partition("\n")
    parts = {"TITLE": title, "TEXT": rest.rstrip("\n"), "CALL": called}
    return re.sub(r"\$\{([A-Z]+)\}", lambda match: parts[match[1]], frame)

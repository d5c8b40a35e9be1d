"""A made-up language that is written from right to left, and half as long again as English: what it shows of a page is
true of Arabic and Hebrew, and of languages that need more room.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from portal.catalogues import Message, write_compiled
from tests.support.texts import asked_for

CODE = "qps-plocm"
# Each text stands between them: one that stands outside was not translated.
BEGIN, END = "⟦", "⟧"
# Where a text must stay as it is.
_KEPT = re.compile(r"(%\(\w+\)[a-zA-Z0-9]+|%%|</?[a-z][^>]*>|\n)")
# Letters of a script that is written from right to left (Hebrew): by them a browser knows the direction of a line.
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתאבגד")


def write_pseudo_language(folder: Path) -> Path:
    """Returns the folder that NSMAAS_PSEUDO_LOCALE names."""
    header = Message(
        0, translations={0: "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"}
    )
    # As Django writes the name of a language's folder.
    write_compiled([header, *_messages()], folder / "qps_Plocm" / "LC_MESSAGES" / "django.mo")
    return folder


def _messages() -> Iterator[Message]:
    for (context, text), message in asked_for().items():
        forms = {0: in_pseudo(text), 1: in_pseudo(message.plural)} if message.plural else {0: in_pseudo(text)}
        # How a day is written is no text.
        yield Message(0, text, message.plural, context, {0: text} if context.startswith("day") else forms)


def in_pseudo(text: str) -> str:
    letters = "".join(part if _KEPT.fullmatch(part) else part.lower().translate(_LETTERS) for part in _KEPT.split(text))
    words = _KEPT.sub("", text).lower().translate(_LETTERS).split()
    longer = " ".join(words)[: max(4, len(text) * 2 // 5)]
    lead, tail = letters[: len(letters) - len(letters.lstrip())], letters[len(letters.rstrip()) :]
    return f"{lead}{BEGIN}{letters.strip()} {longer.strip()}{END}{tail}"

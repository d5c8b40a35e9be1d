"""What a name may hold. Names end up in mails, logs and generated files: control characters stay outside."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

validate_label = RegexValidator(
    r"\A[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\Z",
    "Use 1 to 32 of a-z, 0-9 and '-', not '-' at either end.",
)

# As Security Onion's own setup takes it (`valid_hostname`), and no longer than a label of DNS (RFC 1035).
validate_manager_name = RegexValidator(
    r"\A(?!localhost\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z",
    "Give the manager's own host name without its domain: letters, digits and '-', not '-' at either end.",
)


def validate_display_name(value: str) -> None:
    """Any script is welcome; controls, line ends and invisible direction marks are not: they can forge what is read."""
    for character in value:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise ValidationError(
                "The name holds a character that cannot be seen (U+%(code)04X). Type it again without it.",
                params={"code": ord(character)},
            )
    if not value.strip():
        raise ValidationError("The name is empty.")


def validate_text(value: str) -> None:
    """Free text: line ends are fine, NUL and the other controls are not (PostgreSQL cannot store NUL)."""
    for character in value:
        if character not in "\r\n\t" and unicodedata.category(character) in {"Cc", "Cs"}:
            raise ValidationError(
                _("The text holds a control character (U+%(code)04X). Type it again without it."),
                params={"code": ord(character)},
            )


def shown(text: str, longest: int) -> str:
    """Somebody else's words without what cannot be seen: controls, line ends, marks that turn what is read."""
    return "".join(each for each in text[: 2 * longest] if unicodedata.category(each)[0] != "C")[:longest].strip()

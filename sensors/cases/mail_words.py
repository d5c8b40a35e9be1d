"""What the outbox notes of a mail, in words for everybody: none of them says to whom, or what the mail server said."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_KINDS = {
    "case_opened": _("Reported"),
    "case_confirmed": _("Cut-off confirmed"),
    "case_unconfirmed": _("Cut-off not confirmed yet"),
    "case_note": _("A note"),
    "closing_requested": _("Closing asked for"),
    "case_closed": _("Closed"),
}
_CANNOT_BE_REACHED = _("the mail server cannot be reached")
_NOT_TAKEN = _("the mail server does not take it")
# By the name of the error, with which `send_mails` begins what it notes.
_TROUBLES = {
    "SMTPRecipientsRefused": _("the mail server refuses the address"),
    "SMTPAuthenticationError": _("the mail server does not let the portal in"),
    **dict.fromkeys(
        ("SMTPSenderRefused", "SMTPDataError", "SMTPResponseException", "SMTPHeloError", "SMTPNotSupportedError"),
        _NOT_TAKEN,
    ),
    **dict.fromkeys(
        (
            "ConnectionRefusedError",
            "ConnectionResetError",
            "BrokenPipeError",
            "OSError",
            "SMTPConnectError",
            "SMTPServerDisconnected",
            "SSLError",
            "SSLCertVerificationError",
            "TimeoutError",
            "gaierror",
        ),
        _CANNOT_BE_REACHED,
    ),
}


def kind_in_words(kind: str | None) -> str:
    """A kind this release does not know is shown as it stands rather than hidden."""
    return str(_KINDS.get(kind, kind)) if kind else gettext("Not recorded which")


def trouble_in_words(last_error: str) -> str:
    """Empty for none: before the first try, and while one goes on."""
    return str(_TROUBLES.get(last_error.partition(":")[0], _("it could not be sent"))) if last_error else ""

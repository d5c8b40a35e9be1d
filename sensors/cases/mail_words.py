"""What the outbox notes of a mail, in words for everybody: none of them says to whom, or what the mail server said."""

_KINDS = {
    "case_opened": "Reported",
    "case_confirmed": "Cut-off confirmed",
    "case_unconfirmed": "Cut-off not confirmed yet",
    "case_note": "A note",
    "closing_requested": "Closing asked for",
    "case_closed": "Closed",
}
_CANNOT_BE_REACHED = "the mail server cannot be reached"
_NOT_TAKEN = "the mail server does not take it"
# By the name of the error, with which `send_mails` begins what it notes.
_TROUBLES = {
    "SMTPRecipientsRefused": "the mail server refuses the address",
    "SMTPAuthenticationError": "the mail server does not let the portal in",
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
    return _KINDS.get(kind, kind) if kind else "Not recorded which"


def trouble_in_words(last_error: str) -> str:
    """Empty for none: before the first try, and while one goes on."""
    return _TROUBLES.get(last_error.partition(":")[0], "it could not be sent") if last_error else ""

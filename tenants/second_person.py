"""What one person alone wanted and two have to. Also for processes in which nobody signs in."""

from django.core.exceptions import ValidationError

NO_PROGRAM = "Both who decide this have to be people: sign in on the pages, which no token can."


class SecondPersonNeeded(ValidationError):
    """The message says how to ask for it."""

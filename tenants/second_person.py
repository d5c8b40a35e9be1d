"""What one person alone wanted and two have to. Also for processes in which nobody signs in."""

from django.core.exceptions import ValidationError


class SecondPersonNeeded(ValidationError):
    """The message says how to ask for it."""

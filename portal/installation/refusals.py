"""What stops a command of the installed portal; each message says what is to be done about it."""


class SetupRefused(Exception):
    """Something that only the person who installs can decide or mend."""


class CommandFailed(SetupRefused):
    """A program that was started did not do its work; the message holds its last words."""

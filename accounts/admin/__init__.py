"""People and their tokens in the admin: thin doors to the operations by which they come in and leave."""

from accounts.admin import decide_invitation  # noqa: F401  # it enters its kinds
from accounts.admin.people import PersonAdmin
from accounts.admin.tokens import AccessTokenAdmin

__all__ = ["AccessTokenAdmin", "PersonAdmin"]

"""What a person's token may do of what the person may. It only ever takes away."""

from dataclasses import dataclass
from uuid import UUID

from tenants.roles import TOKEN_PERMISSIONS, Permission


@dataclass(frozen=True, slots=True)
class Confinement:
    """`token` is its public part, `customer` the only customer at which it counts; None for all of the person's."""

    token: str
    permissions: frozenset[Permission]
    customer: UUID | None

    def allows(self, permission: Permission) -> bool:
        """Never what no token may do, whatever its row says."""
        return permission in self.permissions & TOKEN_PERMISSIONS

"""Who may do what: the one table. Permissions are object permissions on a Customer, held by one group per role."""

from enum import StrEnum


class Permission(StrEnum):
    """One grammar: what is acted on, colon, what is done."""

    CUSTOMER_VIEW = "customer:view"
    CUSTOMER_MANAGE = "customer:manage"
    SITE_MANAGE = "site:manage"
    PERSON_MANAGE = "person:manage"
    SENSOR_VIEW = "sensor:view"
    SENSOR_MANAGE = "sensor:manage"
    ENROLMENT_CODE_ISSUE = "sensor:enrolment-code:issue"
    GATEWAY_MANAGE = "gateway:manage"
    DISK_KEY_PERMIT = "sensor:disk-key:permit"
    LOSS_REPORT = "sensor:report-loss"
    CASE_VIEW = "case:view"
    CASE_CLOSE = "case:close"
    APPROVAL_GIVE = "approval:give"
    AUDIT_VIEW = "audit:view"

    @property
    def django_name(self) -> str:
        return f"tenants.{self.value}"


class ProviderRole(StrEnum):
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class CustomerRole(StrEnum):
    MANAGER = "manager"
    CONTACT = "contact"
    VIEWER = "viewer"


_LOOK = frozenset({Permission.CUSTOMER_VIEW, Permission.SENSOR_VIEW, Permission.CASE_VIEW})

PROVIDER_PERMISSIONS: dict[ProviderRole, frozenset[Permission]] = {
    ProviderRole.ADMINISTRATOR: frozenset(Permission),
    ProviderRole.OPERATOR: frozenset(Permission) - {Permission.CUSTOMER_MANAGE, Permission.PERSON_MANAGE},
    ProviderRole.AUDITOR: _LOOK | {Permission.AUDIT_VIEW},
}
CUSTOMER_PERMISSIONS: dict[CustomerRole, frozenset[Permission]] = {
    CustomerRole.MANAGER: _LOOK
    | {
        Permission.LOSS_REPORT,
        Permission.DISK_KEY_PERMIT,
        Permission.APPROVAL_GIVE,
        Permission.PERSON_MANAGE,
        Permission.AUDIT_VIEW,
    },
    CustomerRole.CONTACT: _LOOK | {Permission.LOSS_REPORT},
    CustomerRole.VIEWER: _LOOK,
}

# What a token can be given. Not: what takes two people, to ask for or to agree to, since both must have shown who they
# are; who may do what; and a key for a box that is not where it is expected, at which somebody has to look.
TOKEN_PERMISSIONS: frozenset[Permission] = frozenset(
    {
        Permission.CUSTOMER_VIEW,
        Permission.CUSTOMER_MANAGE,
        Permission.SITE_MANAGE,
        Permission.SENSOR_VIEW,
        Permission.SENSOR_MANAGE,
        Permission.ENROLMENT_CODE_ISSUE,
        Permission.GATEWAY_MANAGE,
        Permission.LOSS_REPORT,
        Permission.CASE_VIEW,
    }
)

# What concerns no single customer: gateways, new customers, the provider's own audit chain.
PROVIDER_WRITERS = frozenset({ProviderRole.ADMINISTRATOR, ProviderRole.OPERATOR})

# A person with one of these can be one of two people, or is of the staff: not given by one person alone.
COUNTED_ROLES: frozenset[str] = frozenset(ProviderRole) | {
    role for role, permissions in CUSTOMER_PERMISSIONS.items() if Permission.APPROVAL_GIVE in permissions
}

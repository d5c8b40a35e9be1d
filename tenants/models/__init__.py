from tenants.models.account_change import AccountChange, AccountStep
from tenants.models.announcement import Announcement
from tenants.models.approval import Approval, ApprovalVerdict
from tenants.models.audit import AuditChain, AuditEntry
from tenants.models.audit_verification import AuditVerification
from tenants.models.customer import (
    Customer,
    CustomerGroupObjectPermission,
    CustomerRoleGroup,
    ProviderRoleGroup,
)
from tenants.models.person import Person
from tenants.models.setup_level import SetupChanges, SetupLevel
from tenants.models.site import Site
from tenants.models.staff_read import StaffRead

__all__ = [
    "AccountChange",
    "AccountStep",
    "Announcement",
    "Approval",
    "ApprovalVerdict",
    "AuditChain",
    "AuditEntry",
    "AuditVerification",
    "Customer",
    "CustomerGroupObjectPermission",
    "CustomerRoleGroup",
    "Person",
    "ProviderRoleGroup",
    "SetupChanges",
    "SetupLevel",
    "Site",
    "StaffRead",
]

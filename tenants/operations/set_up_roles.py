"""Groups and their object permissions: what the table in `tenants.roles` says, as rows."""

from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission

from tenants.models import Customer, CustomerGroupObjectPermission, CustomerRoleGroup, ProviderRoleGroup
from tenants.roles import CUSTOMER_PERMISSIONS, PROVIDER_PERMISSIONS, CustomerRole, Permission, ProviderRole


def provider_group(role: ProviderRole) -> Group:
    row = ProviderRoleGroup.objects.select_related("group").filter(role=role).first()
    if row is None:
        group, _ = Group.objects.get_or_create(name=f"provider:{role}")
        row, _ = ProviderRoleGroup.objects.get_or_create(role=role, defaults={"group": group})
    return row.group


def set_up_roles(*, customer: Customer) -> None:
    """Make the customer's role groups and give them, and the provider's, their permissions on the customer."""
    rows = {row.codename: row for row in DjangoPermission.objects.filter(content_type__app_label="tenants")}
    wanted: list[tuple[Group, Permission]] = []
    for role, permissions in PROVIDER_PERMISSIONS.items():
        group = provider_group(role)
        wanted += [(group, permission) for permission in permissions]
    for customer_role, permissions in CUSTOMER_PERMISSIONS.items():
        group = _customer_group(customer, customer_role)
        wanted += [(group, permission) for permission in permissions]
    CustomerGroupObjectPermission.objects.bulk_create(
        CustomerGroupObjectPermission(group=group, permission=rows[permission.value], content_object=customer)
        for group, permission in wanted
    )


def _customer_group(customer: Customer, role: CustomerRole) -> Group:
    group = Group.objects.create(name=f"customer:{customer.pk}:{role}")
    CustomerRoleGroup.objects.create(customer=customer, role=role, group=group)
    return group

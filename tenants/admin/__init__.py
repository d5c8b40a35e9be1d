"""Customers, sites, people and the audit trail in the admin: thin doors to the operations."""

from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin.people import PersonAdmin
from tenants.admin.approvals import ApprovalAdmin
from tenants.admin.customers import CustomerAdmin, SiteAdmin
from tenants.admin.trail import AuditEntryAdmin, MailAdmin

admin.site.unregister(Group)

__all__ = ["ApprovalAdmin", "AuditEntryAdmin", "CustomerAdmin", "MailAdmin", "PersonAdmin", "SiteAdmin"]

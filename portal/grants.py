"""The rights of all processes on PostgreSQL, put together; and of the tables that came with Django and its apps."""

from database.roles.declaration import ALL, MACHINES, MONITOR, PEOPLE, WORKER, Declaration, Guard, Rights, Table
from limits.grants import GRANTS as LIMITS
from notices.grants import GRANTS as NOTICES
from pki.grants import GRANTS as PKI
from sensors.grants import GRANTS as SENSORS
from tenants.grants import GRANTS as TENANTS

_READ = Rights(read=ALL)
_EVERYTHING = Rights(read=ALL, add=ALL, change=ALL, remove=True)

OTHERS = Declaration(
    (
        # Whether the database is the one that this version asks for.
        Table(
            "django_migrations", "app name applied", dict.fromkeys((PEOPLE, MACHINES, MONITOR), Rights(read="app name"))
        ),
        Table("django_content_type", "app_label model", {PEOPLE: _READ}),
        Table(
            "django_admin_log",
            "action_time object_id object_repr action_flag change_message content_type_id user_id",
            {PEOPLE: _READ},
        ),
        Table(
            "django_session",
            "session_key session_data expire_date",
            {PEOPLE: _EVERYTHING},
            numbered=False,
        ),
        Table("auth_permission", "name content_type_id codename", {PEOPLE: _READ}),
        Table("auth_group", "name", {PEOPLE: Rights(read=ALL, add=ALL), MACHINES: _READ, WORKER: _READ}),
        Table("auth_group_permissions", "group_id permission_id", {PEOPLE: _READ}),
        # Per-customer permissions stand in a table of our own: see `tenants_customergroupobjectpermission`.
        Table("guardian_groupobjectpermission", "object_pk content_type_id group_id permission_id", {PEOPLE: _READ}),
        Table("guardian_userobjectpermission", "object_pk content_type_id permission_id user_id", {PEOPLE: _READ}),
        # Made by allauth when somebody asks for a new password.
        Table(
            "account_emailaddress",
            "email verified primary user_id",
            {PEOPLE: Rights(read=ALL, add=ALL, change="verified primary")},
        ),
        Table("account_emailconfirmation", "created sent key email_address_id"),
        Table(
            "accounts_browserlink",
            "person_id secret_hash binding made_at",
            {PEOPLE: Rights(read=ALL, add=ALL, remove=True)},
        ),
        Table(
            "accounts_accesstoken",
            "person_id name prefix secret_hash permissions customer_id made_at expires_at endings_seen revoked_at"
            " revoked_by_id",
            {PEOPLE: Rights(read=ALL, add=ALL, change="revoked_at revoked_by_id")},
            (
                Guard((PEOPLE,), "INSERT", "NEW.revoked_at IS NOT NULL", "begins good"),
                Guard((PEOPLE,), "INSERT", "NEW.expires_at > now() + interval '366 days'", "lives for a year at most"),
                Guard((PEOPLE,), "UPDATE", "OLD.revoked_at IS NOT NULL", "stays revoked"),
            ),
        ),
        Table(
            "accounts_accesstokenuse",
            "token_id at address",
            {PEOPLE: Rights(read=ALL, add=ALL, change="at address")},
            numbered=False,
        ),
        Table("mfa_authenticator", "type data user_id created_at last_used_at", {PEOPLE: _EVERYTHING}),
    )
)

GRANTS = OTHERS + LIMITS + NOTICES + TENANTS + PKI + SENSORS

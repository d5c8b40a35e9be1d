"""The person of a session, loaded with what decides about the second factor, in one query.

The ORM took a millisecond to write that query again for each request, more than all else that a session costs: it is
written once for a process.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Aggregate, Exists, Min, OuterRef, Q, QuerySet, Subquery, TextField

from database.repeated import RepeatedQuery
from tenants.models import Person
from tenants.roles import CustomerRole

_FACTS = ("role_demands_factor", "app_key", "passkey_keys", "factor_since")
_COLUMNS = tuple(field.attname for field in Person._meta.concrete_fields)


class _Joined(Aggregate):
    """Keys as one text, with commas between: neither database has a list of them that both know."""

    function = "STRING_AGG"
    template = "%(function)s(CAST(%(expressions)s AS text), ',')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def _by_key(key: int) -> QuerySet[Any, Any]:
    groups = Group.objects.filter(user=OuterRef("pk"))
    demanding = Q(providerrolegroup__isnull=False) | Q(customerrolegroup__role=CustomerRole.MANAGER)
    codes = Authenticator.Type.RECOVERY_CODES
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=codes).order_by().values("user")
    apps = factors.filter(type=Authenticator.Type.TOTP)
    passkeys = factors.filter(type=Authenticator.Type.WEBAUTHN)
    people: QuerySet[Any, Any] = Person.objects.filter(pk=key).annotate(
        role_demands_factor=Exists(groups.filter(demanding)),
        app_key=Subquery(apps.values("pk")[:1]),
        passkey_keys=Subquery(passkeys.annotate(keys=_Joined("pk")).values("keys")),
        factor_since=Subquery(factors.annotate(since=Min("created_at")).values("since")),
    )
    return people.order_by().values_list(*_COLUMNS, *_FACTS)


def _person(*columns: Any) -> Person:
    person = Person.from_db(DEFAULT_DB_ALIAS, _COLUMNS, columns[: len(_COLUMNS)])
    for name, value in zip(_FACTS, columns[len(_COLUMNS) :], strict=True):
        setattr(person, name, value)
    return person


_PERSON = RepeatedQuery(_person, _by_key, int)


def with_facts(person: Any) -> Any:
    """The same person, loaded again unless the facts are there: a session's has them, a form's has not."""
    return person if hasattr(person, _FACTS[0]) else _PERSON.first(person.pk)


def is_demanded_of(person: Any) -> bool:
    """Whether a second factor is. Also of a person who may enter the admin without a role: it is the provider's."""
    if settings.SECOND_FACTOR == "offered":
        return False
    person = with_facts(person)
    return bool(person.is_staff or person.is_superuser or person.role_demands_factor)


def factors_of(person: Any) -> set[int]:
    """The keys of the person's app and passkeys. Recovery codes only stand in for one."""
    person = with_facts(person)
    passkeys = {int(key) for key in (person.passkey_keys or "").split(",") if key}
    return passkeys | ({person.app_key} if person.app_key is not None else set())


def lacks_factor(person: Any) -> bool:
    """Demanded, and not there."""
    person = with_facts(person)
    return is_demanded_of(person) and not factors_of(person)


class PersonOfSession(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    def get_user(self, user_id: Any) -> Person | None:
        person = _PERSON.first(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None

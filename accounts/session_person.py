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
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from database.repeated import RepeatedQuery
from tenants.models import Person
from tenants.roles import CustomerRole

_FACTS = ("role_demands_factor", "factor_key", "factor_since")
_COLUMNS = tuple(field.attname for field in Person._meta.concrete_fields)


def _by_key(key: int) -> QuerySet[Any, Any]:
    groups = Group.objects.filter(user=OuterRef("pk"))
    demanding = Q(providerrolegroup__isnull=False) | Q(customerrolegroup__role=CustomerRole.MANAGER)
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    people: QuerySet[Any, Any] = Person.objects.filter(pk=key).annotate(
        role_demands_factor=Exists(groups.filter(demanding)),
        factor_key=Subquery(factor.values("pk")[:1]),
        factor_since=Subquery(factor.values("created_at")[:1]),
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


def lacks_factor(person: Any) -> bool:
    """Demanded, and not there."""
    person = with_facts(person)
    return is_demanded_of(person) and person.factor_key is None


class PersonOfSession(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    def get_user(self, user_id: Any) -> Person | None:
        person = _PERSON.first(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None

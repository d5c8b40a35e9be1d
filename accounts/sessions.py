"""Sessions, in the database under the hash of the cookie's value: the reader of a backup is not signed in."""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

LONGEST = 40  # the column's length; 160 bits


def stored_key(session_key: str) -> str:
    """The cookie's value has 165 random bits, so no slow hash is needed."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:LONGEST]


class SessionStore(db.SessionStore):
    """For synchronous code only, which is all there is here: Django's asynchronous twins would not find a session."""

    def _get_session_from_db(self) -> Any:
        row = None
        if self.session_key is not None:
            rows = self.model.objects.filter(session_key=stored_key(self.session_key), expire_date__gt=timezone.now())
            row = rows.first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(stored_key(session_key)))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        session_key = session_key or self.session_key
        if session_key is not None:
            super().delete(stored_key(session_key))

"""What a GET wrote. It changes nothing, but for the session's own row, that a member of staff has read of people, and a
count of downloads, since each costs much: what the table calls GET writes no other row."""

import re
from collections.abc import Iterator

_READING = r'SAVEPOINT|RELEASE|ROLLBACK|SELECT|DECLARE "\w+" NO SCROLL CURSOR FOR SELECT'
_ALLOWED = re.compile(rf'({_READING}|(INSERT INTO|UPDATE|DELETE FROM) "django_session")')
_ON_RECORD = re.compile(
    r'(WITH updated AS \()?(INSERT INTO|UPDATE|DELETE FROM) "tenants_(staffread|auditentry|auditchain)"'
)
_READ_ON_RECORD = re.compile(
    r"/admin/tenants/(person|auditentry|approval)/(\{tenants/\w+\}/change/)?$"
    r"|/admin/accounts/accesstoken/(\{accounts/accesstoken\}/change/)?$"
    r"|/admin/notices/mail/(\{notices/mail\}/change/)?$"
    r"|/decisions/(\{(our-closing|their-closing|invitation|gateway-request)\}/)?$"
    r"|/records/$|/people/(\{our-customer\}/(\{our-viewer\}/(remove/)?)?|\{their-customer\}/(\{their-contact\}/)?)$"
)
_COUNTED = {"/sensors.csv"}


def left_behind(actor: str, path: str, statements: list[str]) -> Iterator[str]:
    """What is wrong with the statements of a GET of `path`, as the table writes it, by `actor`."""
    written = [sql for sql in statements if not _ALLOWED.match(sql.lstrip("( "))]
    if actor in {"administrator", "operator", "auditor"} and _READ_ON_RECORD.match(path):
        if actor == "administrator" and not written:
            yield f"GET {path} leaves no row of who has read"
        written = [sql for sql in written if not _ON_RECORD.match(sql)]
    if path in _COUNTED:
        written = [sql for sql in written if "INSERT INTO limits_spentpurse" not in sql]
    yield from (f"GET {path} writes: {sql}" for sql in written)

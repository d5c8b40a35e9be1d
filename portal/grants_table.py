"""The rights of all processes as tables for docs/threat-model.md: `python -m portal.grants_table` writes them there."""

import re
from collections.abc import Iterable
from pathlib import Path

from database.roles.declaration import ALL, OWNER, Rights, Role
from pki.grants import NEED_CA_KEY, NEED_KEY_ENCRYPTION_KEY
from portal.grants import GRANTS

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "threat-model.md"
BEGIN, END = "<!-- Made by script/grants-table. -->", "<!-- The end of what it made. -->"

_PROCESSES = {
    **{role.value: f"`{role.login}`" for role in Role},
    "beat": "none",
    "manage": f"`{OWNER}`, the owner of all tables",
}

# What is a secret in the database, and where.
_SECRETS = {
    "sealed keys": ("pki_wrappedkey", "ciphertext"),
    "tunnel keys": ("sensors_certificaterequest", "tunnel_key"),
    "passwords, hashed": ("tenants_person", "password"),
    "second factors, sealed": ("mfa_authenticator", "data"),
    "sessions": ("django_session", "session_data"),
}


def grants_tables() -> str:
    return "\n\n".join((_secrets(), _writers(), _functions()))


def _secrets() -> str:
    """The owner reads all that there is in the database."""
    rows = []
    for process, login in _PROCESSES.items():
        keys = (process in NEED_CA_KEY, process in NEED_KEY_ENCRYPTION_KEY)
        held = ["yes" if holds else "no" for holds in (*keys, *_read_secrets(process))]
        if process == "manage":
            held[: len(keys)] = ["as a command needs it"] * len(keys)
        rows.append((process, login, *held))
    return _table(("process", "role in PostgreSQL", "CA key", "key-encryption key", *_SECRETS), rows)


def _read_secrets(process: str) -> list[bool]:
    tables = {table.name: table for table in GRANTS.tables}
    if process not in set(Role):
        return [process == "manage"] * len(_SECRETS)
    return [_reads(tables[name].rights.get(Role(process)), column) for name, column in _SECRETS.values()]


def _reads(rights: Rights | None, column: str) -> bool:
    return rights is not None and (rights.read == ALL or column in rights.read.split())


def _writers() -> str:
    """Of each table that a process may write. What guards refuse is refused although the columns are somebody's."""
    rows = []
    for table in sorted(GRANTS.tables, key=lambda each: each.name):
        cells = [_may(table.rights.get(role)) for role in Role]
        refused = "; ".join(dict.fromkeys(guard.because for guard in GRANTS.guards[table.name]))
        if any(cells):
            rows.append((f"`{table.name}`", *cells, refused))
    return _table(("table", *(role.value for role in Role), "by its guards, each row"), rows)


def _may(rights: Rights | None) -> str:
    if rights is None:
        return ""
    changed = "everything" if rights.change == ALL else ", ".join(rights.change.split())
    parts = (
        ("adds", bool(rights.add)),
        (f"changes {changed}", bool(rights.change)),
        ("takes away", rights.remove),
        ("locks", rights.lock and not rights.change),
    )
    return "; ".join(words for words, applies in parts if applies)


def _functions() -> str:
    rows = [
        (f"`{function.signature}`", ", ".join(role.value for role in function.callers), function.does)
        for function in GRANTS.functions
    ]
    return _table(("function of the owner", "may be called by", "which"), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def written_into(text: str) -> str:
    """The document with the tables of today between its two marks. Raises ValueError without them."""
    made = re.sub(
        f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", lambda _: f"{grants_tables()}\n", text, flags=re.DOTALL
    )
    if BEGIN not in text or END not in text:
        raise ValueError(f"{DOCUMENT} lacks {BEGIN} or {END}.")
    return made


if __name__ == "__main__":
    DOCUMENT.write_text(written_into(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")

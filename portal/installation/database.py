"""PostgreSQL: the owner, the database, and who may log in as whom. On another host its administrator has done that."""

import os
import re
from pathlib import Path

import psycopg

from portal.installation import files
from portal.installation.answers import Answers
from portal.installation.programs import run, succeeds
from portal.installation.refusals import SetupRefused

OWNER = "nsmaas"
# Each unit's user is its role and nobody else; root is who administers this host, and so the owner of the tables.
# PostgreSQL's own administrator keeps his way in.
_IDENT = f"""\
{OWNER} /^nsmaas-(.*)$ nsmaas_\\1
{OWNER} root {OWNER}
{OWNER} postgres postgres
"""
_HBA = f"local {OWNER} all peer map={OWNER}\n"
_INSTALL = "apt install postgresql (or give --database, if PostgreSQL runs on another host)"


def missing(answers: Answers) -> list[str]:
    if not answers.database_is_local:
        return [] if _lets_in(answers.database) else [f"log in to {answers.database} as {OWNER}"]
    if not succeeds("systemctl", "is-active", "--quiet", "postgresql"):
        return ["start PostgreSQL, then make the owner, the database and the rules of who logs in as whom"]
    found = []
    if not sql("SELECT 1 FROM pg_roles WHERE rolname = 'nsmaas' AND rolcreaterole"):
        found.append(f"make the role {OWNER}, which owns the tables")
    if not sql("SELECT 1 FROM pg_database WHERE datname = 'nsmaas'"):
        found.append(f"make the database {OWNER}")
    found += [f"write who logs in as whom to {path}" for path, text in _rules() if files.text_of(path) != text]
    if not found and not _lets_in(answers.database):
        found.append("have PostgreSQL read its rules")
    return found


def mend(answers: Answers) -> None:
    if not answers.database_is_local:
        raise SetupRefused(
            f"PostgreSQL at {answers.database} does not let root of this host in as {OWNER}:"
            f" {_refusal(answers.database)}"
        )
    if not succeeds("systemctl", "cat", "postgresql"):
        raise SetupRefused(f"PostgreSQL is not installed: {_INSTALL}")
    run("systemctl", "enable", "--now", "--quiet", "postgresql")
    wait_for_server()
    if not sql("SELECT 1 FROM pg_roles WHERE rolname = 'nsmaas'"):
        sql(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
    sql(f"ALTER ROLE {OWNER} CREATEROLE")
    if not sql("SELECT 1 FROM pg_database WHERE datname = 'nsmaas'"):
        sql(f"CREATE DATABASE {OWNER} OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C.UTF-8'")
    for path, text in _rules():
        files.write(path, text, path.stat().st_mode & 0o777)
    sql("SELECT pg_reload_conf()")
    if wrong := sql("SELECT line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL"):
        raise SetupRefused(f"PostgreSQL does not understand pg_hba.conf, line {wrong}")


def _rules() -> list[tuple[Path, str]]:
    """The two files with our lines in them. In pg_hba.conf the first line that fits counts, so ours come first."""
    hba, ident = Path(sql("SHOW hba_file")), Path(sql("SHOW ident_file"))
    return [
        (ident, files.with_block(files.text_of(ident), _IDENT, first=False)),
        (hba, files.with_block(files.text_of(hba), _HBA, first=True)),
    ]


def sql(statement: str) -> str:
    """As PostgreSQL's superuser; without its rows' ends."""
    program = ("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--set", "ON_ERROR_STOP=1")
    return run("runuser", "-u", "postgres", "--", *program, given=f"{statement};\n").strip()


def wait_for_server() -> None:
    """`systemctl start postgresql` starts the clusters, and comes back before they all answer."""
    run(
        "sh",
        "-c",
        "for i in $(seq 60); do runuser -u postgres -- psql -c '' >/dev/null 2>&1 && exit 0; sleep 0.5; done; exit 1",
    )


def _lets_in(url: str) -> bool:
    return not _refusal(url)


def _refusal(url: str) -> str:
    """What PostgreSQL says to root of this host as the owner; empty if it lets it in."""
    os.chdir("/")
    try:
        psycopg.connect(url, user=OWNER, connect_timeout=10).close()
    except psycopg.Error as error:
        return re.sub(r"\s+", " ", str(error))
    return ""

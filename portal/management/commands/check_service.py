"""Everything a monitor wants to know, in words, for the administrator of the host."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from limits.stores import DATABASE, OutOfReach
from portal.backups.continuous import look_at_continuity
from portal.database_role import check_rights
from portal.monitoring.findings import Finding, Level, findings_of
from portal.monitoring.gathering import gather_facts
from portal.monitoring.readiness import migrations_that_are_missing


class Command(BaseCommand):
    help = (
        "Say what is well and what is not, and what to do about it. Ends with 0 if all is well, 1 for a warning, 2 for"
        " something critical, as plugins of monitoring systems do."
    )
    # It says itself what is wrong with the database, in its own words.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = sorted(_look(), key=lambda finding: -finding.level)
        worst = max(finding.level for finding in found)
        wrong = sum(finding.level > Level.OK for finding in found)
        self.stdout.write(f"{worst.name}: {wrong or 'nothing'} of {len(found)} is not right")
        for finding in found:
            self.stdout.write(f"{finding.level.name:8} {finding.text}" + (f". {finding.mend}" if finding.mend else ""))
        if worst:
            raise SystemExit(int(worst))


def _look() -> Iterator[Finding]:
    try:
        yield from _database()
        if migrations_that_are_missing():
            # What the facts are read from is not there as it should be.
            text, mend = "database: not migrated to this version", "Run manage.py migrate, then set_up_database_roles."
            yield Finding(Level.CRITICAL, text, mend)
        else:
            yield from findings_of(gather_facts())
            yield _kept()
    except (DatabaseError, InterfaceError) as error:
        # Its words may hold an address, and a password in it.
        text = f"database: does not answer as it should ({type(error).__name__})"
        yield Finding(Level.CRITICAL, text, "systemctl status postgresql; DATABASE_URL in /etc/nsmaas/portal.env.")
    yield _redis()


def _database() -> Iterator[Finding]:
    messages = check_rights(databases=["default"])
    for message in messages:
        level = Level.CRITICAL if message.is_serious() else Level.WARNING
        yield Finding(level, f"database: {message.msg}", message.hint or "")
    if not messages:
        yield Finding(Level.OK, "database: answers, with the declared rights")


def _kept() -> Finding:
    """Of what was written since the last backup. SQLite, which cannot, is told by portal.W002."""
    found = look_at_continuity()
    if connection.vendor != "postgresql" or not found.sentences:
        return Finding(Level.OK, "written since the last backup: kept elsewhere, or on trial")
    mend = "docs/operators/backup.md, When it is not so."
    level = Level.CRITICAL if found.failing else Level.WARNING
    return Finding(level, f"written since the last backup: {found.failing or found.absent}", mend)


def _redis() -> Finding:
    if settings.LIMITS_URL == DATABASE:
        return Finding(Level.OK, "redis: not used for limits, the database counts")
    from limits.stores.redis import RedisStore

    try:
        policy = RedisStore(settings.LIMITS_URL).eviction()
    except OutOfReach:
        mend = "systemctl status redis-server. Until then the database counts, and work waits for sweeps."
        return Finding(Level.WARNING, "redis: does not answer", mend)
    if policy != "noeviction":
        return Finding(Level.WARNING, f"redis: may throw records away ({policy})", "Set maxmemory-policy noeviction.")
    return Finding(Level.OK, "redis: answers")

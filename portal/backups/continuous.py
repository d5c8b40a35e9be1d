"""Is what was written since the last backup anywhere but on this host? Disk keys made since would be lost with it."""

from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

SUFFIX = ".nsm-backup"
# Of a daily one.
OLDEST = timedelta(hours=26)


def find_unprotected() -> list[str]:
    """In words for the person who runs this; nothing if WAL is archived, or a standby follows."""
    if connection.vendor != "postgresql":
        return ["On SQLite, disk keys made since the last backup are lost with this host. In service use PostgreSQL."]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('archive_mode') <> 'off',"
            " coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),"
            " last_failed_wal, (SELECT count(*) FROM pg_stat_replication) FROM pg_stat_archiver"
        )
        archives, fails, failed, standbys = cursor.fetchone()
    if archives and fails:
        return [
            f"PostgreSQL's archiving of WAL fails since {failed}: disk keys made since would be lost with this host."
        ]
    if archives or standbys:
        return []
    return [
        "Neither WAL archiving nor a standby is set up: disk keys made since the last backup are lost with this host,"
        " and the disks that they open."
    ]


def find_stale(folder: Path) -> list[str]:
    """That the newest backup there is old, or that there is none."""
    made = [path.stat().st_mtime for path in folder.glob(f"*{SUFFIX}")]
    age = timedelta(seconds=timezone.now().timestamp() - max(made, default=0))
    if not made:
        return [f"There is no backup in {folder}."]
    return (
        [f"The newest backup in {folder} is {age.days} days and {age.seconds // 3600} hours old."]
        if age > OLDEST
        else []
    )

"""Is what was written since the last backup anywhere but on this host? Disk keys made since would be lost with it."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# So many files of 16 MiB wait for a while after a night's work; more of them means that nobody takes them.
MOST_WAITING = 32
_SEGMENT = re.compile(r"[0-9A-F]{24}")
_QUESTION = """
    SELECT current_setting('archive_mode') <> 'off',
           (SELECT count(*) FROM pg_stat_replication),
           coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
           last_failed_wal, last_failed_time, last_archived_wal,
           CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_walfile_name(pg_current_wal_lsn()) END,
           pg_size_bytes(current_setting('wal_segment_size'))
    FROM pg_stat_archiver
"""


_NOTHING = (
    "Neither WAL archiving nor a standby is set up: disk keys made since the last backup are lost with this host, and"
    " the disks that they open."
)


@dataclass(frozen=True, slots=True)
class Continuity:
    """`absent` says that nothing keeps it, since nobody asked for that; `failing`, that what was asked for fails."""

    absent: str = ""
    failing: str = ""

    @property
    def sentences(self) -> list[str]:
        return [text for text in (self.absent, self.failing) if text]


@dataclass(frozen=True, slots=True)
class Archiver:
    """What PostgreSQL says of it (pg_stat_archiver). `segment_size` is in bytes."""

    archives: bool
    standbys: int
    fails: bool
    failed: str | None
    failed_at: datetime | None
    archived: str | None
    written: str
    segment_size: int

    @property
    def waiting(self) -> int:
        """Files between the last that was archived and the one that is written now; 0 where one is not known."""
        names = [found[0] for name in (self.archived or "", self.written) if (found := _SEGMENT.match(name))]
        if len(names) < 2:
            return 0
        per_log = (1 << 32) // self.segment_size
        last, now = (int(name[8:16], 16) * per_log + int(name[16:], 16) for name in names)
        return max(0, now - last - 1)


def look_at_continuity() -> Continuity:
    """In words for the person who runs this. Needs no special rights."""
    if connection.vendor != "postgresql":
        return Continuity(
            "On SQLite, disk keys made since the last backup are lost with this host. In service use PostgreSQL."
        )
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        return judge(Archiver(*cursor.fetchone()))


def judge(archiver: Archiver) -> Continuity:
    mebibytes = archiver.waiting * archiver.segment_size >> 20
    if not archiver.archives:
        return Continuity("" if archiver.standbys else _NOTHING)
    if archiver.fails:
        since = f"{archiver.failed} (last at {archiver.failed_at:%Y-%m-%d %H:%M} UTC)"
        return Continuity(
            failing=f"PostgreSQL's archiving of WAL fails since {since}: disk keys made since would be lost with this"
            f" host, and its disk fills ({mebibytes} MiB wait) until PostgreSQL stops. Its log says why."
        )
    if archiver.waiting > MOST_WAITING:
        return Continuity(
            failing=f"{mebibytes} MiB of WAL wait to be archived: what takes it hangs or is too slow, and PostgreSQL's"
            " disk fills until it stops."
        )
    return Continuity()

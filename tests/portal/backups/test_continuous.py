"""Whether what is newer than the last backup would be lost with the host, told before the disk is full."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection

from portal.backups.continuous import MOST_WAITING, Archiver, judge, look_at_continuity

WELL = Archiver(
    archives=True,
    standbys=0,
    fails=False,
    failed=None,
    failed_at=None,
    archived="0000000100000000000000FE",
    written="000000010000000100000000",
    segment_size=16 << 20,
)
FAILING = replace(WELL, fails=True, failed="0000000100000000000000FF", failed_at=datetime(2026, 11, 27, tzinfo=UTC))


def test_this_database_is_asked_and_nothing_keeps_it(db: None):
    found = look_at_continuity()
    assert "are lost with this host" in found.absent
    assert found.sentences == [found.absent]
    assert ("SQLite" in found.absent) == (connection.vendor == "sqlite")


@pytest.mark.parametrize(
    ("archiver", "absent", "failing"),
    [
        (WELL, "", ""),
        (replace(WELL, archives=False), "Neither WAL archiving nor a standby", ""),
        (replace(WELL, archives=False, standbys=1), "", ""),
        (FAILING, "", "fails since 0000000100000000000000FF (last at 2026-11-27 00:00 UTC)"),
        (replace(WELL, written=f"{1:08X}{1:08X}{MOST_WAITING:08X}"), "", "MiB of WAL wait"),
        (replace(WELL, archived=None), "", ""),
        (replace(WELL, archived="00000002.history"), "", ""),
        (replace(WELL, written=""), "", ""),
    ],
)
def test_it_is_said_in_one_sentence(archiver: Archiver, absent: str, failing: str):
    found = judge(archiver)
    assert (absent in found.absent, bool(found.absent)) == (True, bool(absent))
    assert (failing in found.failing, bool(found.failing)) == (True, bool(failing))


def test_how_much_waits_is_counted_over_the_end_of_a_log():
    assert WELL.waiting == 1
    assert "(16 MiB wait)" in judge(FAILING).failing

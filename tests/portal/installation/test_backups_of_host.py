"""What setup does of the answers about backups, and what is said while there are none, without a host."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.installation import backups, places
from portal.installation.refusals import SetupRefused
from tests.support.installation.good_answers import GOOD

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@pytest.fixture(autouse=True)
def recipients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "backup-recipients"
    monkeypatch.setattr(places, "BACKUP_RECIPIENTS", path)
    monkeypatch.setattr(backups, "_ADDED", tmp_path / "systemd")
    monkeypatch.setattr(backups, "run", lambda *_command, **_options: "")
    return path


def test_a_trial_needs_none_and_each_night_says_so(capsys: pytest.CaptureFixture[str]):
    assert backups.missing(GOOD) == backups.missing_first(GOOD) == []
    assert list(backups.shortcomings(GOOD)) == [backups.NOBODY]
    assert backups.back_up(GOOD) == 0
    assert capsys.readouterr().out == f"{backups.NOBODY}\n"


def test_recipients_are_keys_or_a_file_that_may_go_once_it_was_taken(tmp_path: Path, recipients: Path):
    answers = replace(GOOD, backup_recipients=f"{KEY}, {KEY}", backup_folder=str(tmp_path / "to"))
    backups.mend(answers)
    assert recipients.read_text() == f"{KEY}\n{KEY}\n"
    given = tmp_path / "given"
    given.write_text(f"# Ada's\n{KEY}\n")
    answers = replace(answers, backup_recipients=str(given))
    assert backups.missing(answers) != []
    backups.mend(answers)
    given.unlink()
    assert backups.missing(answers) == []
    assert recipients.read_text() == f"# Ada's\n{KEY}\n"


def test_the_unit_may_write_where_backups_go_and_nowhere_else(tmp_path: Path):
    answers = replace(GOOD, backup_recipients=KEY, backup_folder=str(tmp_path / "to"))
    backups.mend(answers)
    [added] = (tmp_path / "systemd").rglob("*.conf")
    assert added.parent.name == "nsm-portal-backup.service.d"
    assert added.read_text() == f"[Service]\nReadWritePaths=-{tmp_path / 'to'}\n"
    assert (tmp_path / "to").stat().st_mode & 0o777 == 0o700


def test_wal_without_anybody_who_could_open_it_is_refused():
    answers = replace(GOOD, wal_folder="/mnt/wal")
    assert backups.missing(answers) != []
    with pytest.raises(SetupRefused, match="--backup-recipients"):
        backups.mend(answers)


def test_a_file_of_recipients_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(SetupRefused, match="cannot be read"):
        backups.missing(replace(GOOD, backup_recipients=str(tmp_path / "nowhere")))

"""What `nsm-portal advisories` and `check` say of files that were carried in, honest and hostile, without a host."""

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.installation import advisories, osv_files, places
from portal.installation.bundled import openssl_inside, read_bundled
from portal.installation.refusals import SetupRefused
from tests.support.checkout import CHECKOUT
from tests.support.installation.made_up_advisories import as_download, made_up

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OLD = "2026-10-01T00:00:00Z"


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """It has these packages, and this time."""
    monkeypatch.setattr(places, "ADVISORIES", tmp_path / "advisories.json")
    monkeypatch.setattr(places, "BUNDLED", tmp_path / "bundled.txt")

    def has(*packages: str, now: datetime = NOW) -> None:
        places.BUNDLED.write_text("".join(f"{each}\n" for each in packages))
        monkeypatch.setattr(advisories, "_now", lambda: now)

    has("Django==1.5", "vine==5.1.0")
    return has


def look(file: Path) -> int:
    return advisories.advisories(file=file, of=None)


def one(folder: Path, advisory: object) -> Path:
    file = folder / "one.json"
    file.write_text(json.dumps(advisory))
    return file


def test_before_the_first_look_check_warns(tmp_path: Path):
    assert list(advisories.faults()) == []
    [warning] = advisories.warnings()
    assert warning.startswith("Nobody has looked yet")
    assert "nsm-portal advisories FILE" in warning


def test_an_advisory_for_what_is_bundled_is_told_in_a_line_and_by_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = as_download(tmp_path / "all.zip", made_up(aliases=["CVE-2026-7"]), made_up("PYSEC-2", "another"))
    assert look(file) == 1
    told, *others = capsys.readouterr().out.splitlines()
    assert told == (
        "CVE-2026-7 (PYSEC-2026-1): django 1.5, mended in 2.0: a weakness in django."
        " Install a version of nsm-portal that brings django 2.0: docs/operators/advisories.md."
    )
    assert others[-1].endswith("bundled.txt: 1, the newest of 2026-11-20.")
    assert list(advisories.faults()) == [told]
    assert list(advisories.warnings()) == []
    assert places.ADVISORIES.stat().st_mode & 0o777 == 0o644


def test_after_an_upgrade_it_is_compared_again_and_a_new_package_was_not_looked_for(tmp_path: Path, host):
    look(as_download(tmp_path / "all.zip", made_up(), made_up("PYSEC-2", "vine", events=[{"introduced": "6"}])))
    host("django==2.0", "vine==5.1.0")
    assert list(advisories.faults()) == list(advisories.warnings()) == []
    assert advisories.advisories(file=None, of=None) == 0
    host("django==2.0", "vine==6.0", "six==1.17.0")
    [fault], [warning] = advisories.faults(), advisories.warnings()
    assert "PYSEC-2: vine 6.0, no version that mends it is named" in fault
    assert "since the last look at advisories: six" in warning


def test_a_look_at_old_news_counts_for_35_days_from_the_newest_of_it(tmp_path: Path, host):
    look(as_download(tmp_path / "all.zip", made_up(modified="2026-10-20T00:00:00Z", events=[{"introduced": "9"}])))
    for days, warned in ((34, 0), (36, 1), (-3, 1)):
        host("django==1.5", "vine==5.1.0", now=datetime(2026, 10, 20, tzinfo=UTC) + timedelta(days=days))
        assert len(list(advisories.warnings())) == warned, days
        assert all("is of 2026-10-20" in warning for warning in advisories.warnings())


def test_one_weakness_is_told_once_and_where_databases_differ_by_the_highest_version(tmp_path: Path, capsys):
    events = ({"introduced": "0"}, {"fixed": "1.10"})
    look(
        as_download(
            tmp_path / "all.zip",
            made_up("PYSEC-1", aliases=["CVE-1"]),
            made_up("GHSA-1", aliases=["GHSA-2"], events=events, summary="x"),
            made_up("GHSA-2", aliases=["CVE-1"], events=({"introduced": "0"}, {"fixed": "1.9"})),
            made_up("PYSEC-9", "vine", aliases=["CVE-1"], events=[{"introduced": "0"}]),
        )
    )
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("CVE-1 (GHSA-1, GHSA-2, PYSEC-1): django 1.5, mended in 2.0: ")
    assert told[1].startswith("CVE-1 (PYSEC-9): vine 5.1.0, ")


def test_what_was_withdrawn_is_told_no_more(tmp_path: Path):
    withdrawn = made_up(withdrawn="2026-11-20T11:00:00Z", modified="2026-11-20T11:00:00Z")
    assert look(as_download(tmp_path / "all.zip", withdrawn)) == 0
    assert look(one(tmp_path, made_up("PYSEC-2"))) == 1
    assert look(one(tmp_path, withdrawn | {"id": "PYSEC-2"})) == 0
    assert list(advisories.faults()) == []


def test_one_that_was_picked_is_added_and_is_no_look_at_all_of_them(tmp_path: Path):
    assert look(one(tmp_path, made_up(modified=OLD))) == 1
    assert len(list(advisories.faults())) == 1
    [warning] = advisories.warnings()
    assert warning.startswith("Nobody has looked yet")
    folder = tmp_path / "picked"
    folder.mkdir()
    one(folder, made_up("PYSEC-2", "vine", events=[{"introduced": "0"}], modified="2026-11-20T10:00:01Z"))
    look(folder)
    assert len(list(advisories.faults())) == 2
    look(as_download(tmp_path / "all.zip", made_up("PYSEC-3", events=[{"introduced": "9"}])))
    [fault] = advisories.faults()
    assert "vine" in fault, "newer than all of the download; the other one is not in it"


def test_an_older_download_is_refused_and_so_is_one_of_something_else(tmp_path: Path):
    look(as_download(tmp_path / "all.zip", made_up()))
    before = places.ADVISORIES.read_bytes()
    for unfit, words in (
        (as_download(tmp_path / "old.zip", made_up(modified=OLD)), "is older"),
        (as_download(tmp_path / "npm.zip", made_up(name="left-pad")), "is it OSV's download of PyPI"),
        (as_download(tmp_path / "empty.zip"), "is it OSV's download of PyPI"),
        (tmp_path / "nowhere", "cannot be read"),
        (Path("/dev/zero"), "cannot be read"),
        (places.BUNDLED, "neither a zip nor an advisory"),
    ):
        with pytest.raises(SetupRefused, match=words):
            look(unfit)
    cut = tmp_path / "cut.zip"
    cut.write_bytes((tmp_path / "all.zip").read_bytes()[:-30])
    with pytest.raises(SetupRefused):
        look(cut)
    assert places.ADVISORIES.read_bytes() == before
    assert list(tmp_path.glob(".*")) == []


def test_what_cannot_be_compared_or_read_is_a_warning_and_hides_nothing_else(tmp_path: Path, capsys):
    others = {
        "bomb.json": b"[" + b" " * osv_files._LARGEST_ENTRY,
        "deep.json": b"[" * 100_000,
        "a\x1b[2J\n.json": b"{",
        "notes.txt": b"no advisory",
        **{f"{number}.json": b"" for number in range(20)},
    }
    future = made_up("PYSEC-4", modified="2027-11-20T10:00:00Z")
    undecided = made_up("PYSEC-2", "vine", events=[{"introduced": "first"}])
    assert look(as_download(tmp_path / "all.zip", made_up(), undecided, future, others=others)) == 1
    told = capsys.readouterr().out
    assert "\x1b" not in told
    [fault] = advisories.faults()
    assert "PYSEC-2026-1" in fault
    doubtful, unread = advisories.warnings()
    assert "PYSEC-2: vine 5.1.0" in doubtful
    assert "could not be compared" in doubtful
    assert "modified in the future" in unread
    assert unread.endswith("and 14 more.")
    assert "newest of 2026-11-20" in told


def bomb(path: Path) -> Path:
    """Entries that share their bytes' ratio: 1,000 times what is on the disk."""
    return as_download(path, *([made_up()] * 3), others={f"{n}.json": b" " * 2**20 for n in range(8)})


@pytest.mark.parametrize(
    ("bound", "value", "words"),
    [
        ("MOST_ENTRIES", 5, "more than 5 files"),
        ("_LARGEST_ALL", 2**22, "unpacks to more"),
        ("_LARGEST_ZIP", 100, "more than 100 bytes"),
        ("_LARGEST_LIST", 400, "list of files is too long"),
    ],
)
def test_a_file_of_any_size_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int, words: str
):
    file = bomb(tmp_path / "all.zip")
    assert file.stat().st_size < 20_000
    monkeypatch.setattr(osv_files, bound, value)
    with pytest.raises(SetupRefused, match=words):
        look(file)
    assert not places.ADVISORIES.exists()


def test_more_than_can_be_remembered_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(advisories, "_MOST_KEPT", 700)
    with pytest.raises(SetupRefused, match="more than 700 bytes"):
        look(as_download(tmp_path / "all.zip", *(made_up(f"PYSEC-{number}") for number in range(3))))


def test_an_entry_that_lies_about_its_size_or_is_encrypted_is_not_read(tmp_path: Path):
    file = as_download(tmp_path / "all.zip", made_up(), others={"lie.json": b" " * (osv_files._LARGEST_ENTRY + 9)})
    text = file.read_bytes()
    true = (osv_files._LARGEST_ENTRY + 9).to_bytes(4, "little")
    assert text.count(true) == 2
    file.write_bytes(text.replace(true, (9).to_bytes(4, "little")))
    assert dict(osv_files.read_entries(file))["lie.json"] == b""
    with zipfile.ZipFile(file) as archive:
        archive.infolist()[0].flag_bits |= 1
        assert osv_files._unpacked(archive, archive.infolist()[0]) == b""


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"form": 2}', '{"form": 1, "newest": 7}', "[" * 100_000])
def test_a_memory_that_cannot_be_read_is_a_fault_with_a_way_out(tmp_path: Path, text: str):
    places.ADVISORIES.write_text(text)
    [fault] = advisories.faults()
    assert "remove it" in fault
    assert list(advisories.warnings()) == []


def test_a_memory_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(places, "ADVISORIES", tmp_path / "nowhere" / "advisories.json")
    with pytest.raises(SetupRefused, match="nothing of it is remembered"):
        look(as_download(tmp_path / "all.zip", made_up()))


def test_the_lock_is_compared_by_the_same_code_and_nothing_is_remembered(tmp_path: Path, capsys):
    lock = CHECKOUT / "requirements.txt"
    file = as_download(tmp_path / "all.zip", made_up(events=[{"introduced": "0"}], summary="all of them"))
    assert advisories.advisories(file=file, of=lock) == 1
    assert "django 5." in capsys.readouterr().out
    assert not places.ADVISORIES.exists()
    assert read_bundled(lock)["psycopg-binary"] == read_bundled(lock)["psycopg"]


@pytest.mark.parametrize("text", ["", "django", "django>=1", "django==the newest", "-r other.txt"])
def test_a_list_that_pins_nothing_is_refused(tmp_path: Path, text: str):
    places.BUNDLED.write_text(text)
    with pytest.raises(SetupRefused):
        read_bundled(places.BUNDLED)
    assert len(list(advisories.faults())) == 1


def test_the_openssl_inside_is_named():
    inside = list(openssl_inside())
    assert [line.split(" inside ")[1].split()[0] for line in inside] == ["cryptography", "psycopg-binary"]
    assert all(line.startswith("OpenSSL ") for line in inside)

"""When a certificate is asked for, what is taken, and what is said, without a host and without an ACME server."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.installation import acme, acme_client, check, firewall, nginx_files, places
from portal.installation.door_certificates import life_of, self_signed
from portal.installation.programs import PATH
from portal.installation.refusals import CommandFailed, SetupRefused
from tests.support.authority import make_authority
from tests.support.installation.good_answers import GOOD

BY_ACME = replace(GOOD, certificate="acme")
SERVER = f"server = {BY_ACME.acme_server}\n"
# A moment; none of what is asked here looks at a clock.
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """A host on which nothing runs; what certbot is to have made is given."""
    monkeypatch.setattr(places, "PEOPLE_PAIR", tmp_path / "people.pem")
    monkeypatch.setattr(acme, "_BEFORE", tmp_path / "people.pem.before")
    monkeypatch.setattr(acme, "_write", lambda text, path=tmp_path / "people.pem": path.write_text(text))
    monkeypatch.setattr(acme, "run", lambda *_words: "")
    monkeypatch.setattr(acme_client, "AT_ONCE", tmp_path / "at-once")
    (tmp_path / "people.pem").write_text("the pair before")

    def has(chain: str, key: str) -> Path:
        monkeypatch.setattr(acme, "_given", lambda: (chain, key))
        return tmp_path

    return has


def test_a_certificate_is_renewed_with_two_fifths_of_its_life_left_however_long_that_is(tmp_path: Path):
    for days in (6, 90, 400):
        authority = make_authority()
        chain = authority.issue("x", server=True, days=days).certificate
        (tmp_path / "x.crt").write_text(chain)
        begin, end = life_of(tmp_path / "x.crt")
        before, after = (end - (end - begin) * part for part in (0.41, 0.39))
        assert (acme_client.is_due(chain, now=before), acme_client.is_due(chain, now=after)) == (False, True)
    assert acme_client.is_due("", now=NOW)
    assert acme_client.is_due("no certificate", now=NOW)


def test_another_name_or_another_server_is_asked_for_at_once():
    chain, _ = self_signed(GOOD.name)
    assert acme_client.is_wanted(chain, SERVER, BY_ACME)
    assert not acme_client.is_wanted(chain, SERVER, replace(BY_ACME, name="other.example.org"))
    assert not acme_client.is_wanted(chain, SERVER, replace(BY_ACME, acme_server="https://other.example/dir"))
    assert not acme_client.is_wanted("", SERVER, BY_ACME)


def test_what_the_server_found_is_told_in_one_line_without_what_a_terminal_obeys():
    said = "Saving debug log to /x\nDomain: a\n  Detail: 10.20.0.10: \x1b[2JConnection refused\n\nHint: x\nAsk for help"
    assert acme_client.reason_in(said) == "10.20.0.10: [2JConnection refused"
    assert (
        acme_client.reason_in("An unexpected error occurred:\nConnectionError: no route\n")
        == "ConnectionError: no route"
    )
    log = '{\n   "type": "urn:ietf:params:acme:error:rateLimited",\n   "detail": "too many",\n   "status": 429\n}'
    assert acme_client.reason_in("AttributeError: can't set attribute", log=log) == "rateLimited: too many"
    assert len(acme_client.reason_in("Detail: " + "x" * 9999)) <= 600
    assert acme_client.reason_in("") == "certbot said nothing"


def test_a_new_pair_is_one_file_and_the_one_before_stays_beside_it(door, monkeypatch: pytest.MonkeyPatch):
    chain, key = self_signed(GOOD.name)
    folder = door(chain, key)
    monkeypatch.setattr(acme, "succeeds", lambda *_words: False)  # the door is off
    assert acme.take(BY_ACME) == 0
    assert (folder / "people.pem").read_text() == key + chain
    assert (folder / "people.pem.before").read_text() == "the pair before"


def test_a_pair_that_nginx_does_not_show_gives_way_to_the_one_before(door, monkeypatch: pytest.MonkeyPatch):
    folder = door(*self_signed(GOOD.name))
    monkeypatch.setattr(acme, "succeeds", lambda *_words: True)
    monkeypatch.setattr(acme, "_shown", lambda: b"the certificate before")
    monkeypatch.setattr(acme, "_SECONDS_TO_RELOAD", 0)
    with pytest.raises(SetupRefused, match="has the one before"):
        acme.take(BY_ACME)
    assert (folder / "people.pem").read_text() == "the pair before"


def test_a_reload_that_a_crash_kept_away_is_made_the_next_time(door, monkeypatch: pytest.MonkeyPatch):
    chain, key = self_signed(GOOD.name)
    folder, called = door(chain, key), list[str]()

    def succeeds(_systemctl: str, word: str, *_words: str) -> bool:
        called.append(word)
        return True

    (folder / "people.pem").write_text(key + chain)
    (folder / "at-once").touch()
    monkeypatch.setattr(acme, "succeeds", succeeds)
    monkeypatch.setattr(acme, "_shown", lambda: acme._pair() if len(called) > 1 else b"the certificate before")
    assert acme.take(BY_ACME) == 0
    assert called == ["is-active", "reload"]
    assert not (folder / "at-once").exists(), "asked for once, not twice a day"


@pytest.mark.root
@pytest.mark.parametrize(
    "what", ["a link to a file of root's", "a pipe that nobody fills", "a file without end", "no text"]
)
def test_root_is_led_nowhere_by_the_clients_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str):
    monkeypatch.setattr(acme, "_USER", "daemon")
    monkeypatch.setattr(acme, "_SECONDS_TO_READ", "0.3")
    roots, path = tmp_path / "roots", tmp_path / "fullchain.pem"
    roots.write_text("a secret")
    roots.chmod(0o600)
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o711)
    match what:
        case "a link to a file of root's":
            path.symlink_to(roots)
        case "a pipe that nobody fills":
            os.mkfifo(path)
        case "a file without end":
            path.symlink_to("/dev/zero")
        case _:
            path.write_bytes(b"\xff")
    assert acme._read_as_its_user(path).strip("\0") == ""
    path.unlink()
    path.write_text("a chain")
    path.chmod(0o644)
    assert acme._read_as_its_user(path) == "a chain"


def test_an_authority_of_the_server_is_taken_once_and_goes_with_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(places, "ACME_CA", tmp_path / "acme-ca.crt")
    monkeypatch.setattr(places, "PEOPLE_PAIR", tmp_path)
    monkeypatch.setattr("shutil.which", lambda *_words, **_more: "/usr/bin/certbot")
    given = tmp_path / "given.crt"
    answers = replace(BY_ACME, acme_ca_file=str(given))
    for unfit in (b"", b"\xff", b"text"):
        given.write_bytes(unfit)
        with pytest.raises(SetupRefused, match="--acme-ca-file"):
            acme.mend(answers)
    given.write_text(make_authority().pem)
    acme.mend(answers)
    given.unlink()
    assert acme.missing(answers) == []
    assert acme.missing(BY_ACME) != []
    acme.mend(BY_ACME)
    assert not places.ACME_CA.exists()


@pytest.mark.parametrize("what", ["another's name", "another's key", "no certificate"])
def test_what_is_not_good_for_the_door_is_not_taken(door, what: str):
    chain, key = self_signed(GOOD.name)
    folder = door(
        *{
            "another's name": self_signed("other.example.org"),
            "another's key": (chain, self_signed(GOOD.name)[1]),
            "no certificate": ("nonsense", key),
        }[what]
    )
    with pytest.raises(SetupRefused, match="not good for the door"):
        acme.take(BY_ACME)
    assert (folder / "people.pem").read_text() == "the pair before"


def test_a_failure_is_kept_for_check_and_goes_with_the_next_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(acme_client, "FAILURE", tmp_path / "failure")
    monkeypatch.setattr(acme_client, "_is_time", lambda _answers: True)

    def fail(_answers: object) -> None:
        raise CommandFailed("no route")

    monkeypatch.setattr(acme_client, "_ask", fail)
    with pytest.raises(CommandFailed):
        acme_client.request(BY_ACME)
    assert (tmp_path / "failure").read_text().endswith(" UTC: no route\n")
    monkeypatch.setattr(acme_client, "_ask", lambda _answers: None)
    assert acme_client.request(BY_ACME) == 0
    assert not (tmp_path / "failure").exists()


@pytest.mark.parametrize(
    ("left", "life", "words"),
    [
        (31, 90, ""),
        (29.5, 90, "in 29 days."),
        (13.5, 90, "It is urgent."),
        (2.5, 90, "today is the day"),
        (-1, 90, "has ended"),
        (2.5, 6, ""),
        (1.5, 6, "today is the day"),
    ],
)
def test_an_end_is_told_with_30_and_14_and_3_days_left_and_of_a_short_life_with_a_third(
    left: float, life: float, words: str
):
    end = NOW + timedelta(days=left)
    said = check.ending_words(end - timedelta(days=life), end, now=NOW)
    assert words in said
    assert bool(words) == bool(said)


def test_nobody_listens_at_port_80_without_acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(places, "NGINX", tmp_path)
    monkeypatch.setattr(places, "FIREWALL", tmp_path / "doors-addresses.nft")
    challenge = tmp_path / "challenge.conf"
    monkeypatch.setattr(nginx_files, "_CHALLENGE", challenge)
    for answers, is_there in ((GOOD, False), (BY_ACME, True), (GOOD, False)):
        for step in (nginx_files, firewall):
            step.mend(answers)
            assert step.missing(answers) == []
        assert challenge.exists() == is_there
        assert ("challenge_port = 80" in places.FIREWALL.read_text()) == is_there
        assert ("/etc/nsmaas/door/people.pem;" in (tmp_path / "people.conf").read_text()) == is_there
    challenge.write_text("left")
    assert len(nginx_files.missing(GOOD)) == 1


@pytest.mark.live
def test_what_an_earlier_try_was_told_is_not_this_ones_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """certbot writes its log on; a stand-in for it is told nothing by any server."""
    log = tmp_path / "letsencrypt.log"
    log.write_text('{"type": "urn:ietf:params:acme:error:badNonce", "detail": "of yesterday"}\n')
    monkeypatch.setattr(acme_client, "_LOG", log)
    monkeypatch.setattr(acme_client, "FAILURE", tmp_path / "failure")
    (tmp_path / "certbot").write_text("#!/bin/sh\necho Connection refused\nexit 1\n")
    (tmp_path / "certbot").chmod(0o755)
    monkeypatch.setattr(acme_client, "PATH", f"{tmp_path}:{PATH}")
    with pytest.raises(CommandFailed, match=r"^Connection refused$"):
        acme_client.request(BY_ACME)

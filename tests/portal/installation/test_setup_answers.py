"""What `nsm-portal setup` takes for an answer, and what it writes of it, without a host."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lab.nginx import fill_in as fill_in_for_the_laboratory
from lab.nginx import write_pages
from portal.installation import files, nginx_files, settings_file
from portal.installation.answers import QUESTIONS, Answers, keep, put_together, read_file
from portal.installation.door_pages import call, door_pages
from portal.installation.refusals import SetupRefused
from tests.support.checkout import CHECKOUT
from tests.support.installation.good_answers import GOOD

PEOPLES_DOOR = (CHECKOUT / "portal/deploy/nginx/people.conf.template").read_text()
WRONG = {
    "a name with a path": ("name", "portal.example.org/x"),
    "a name without a dot": ("name", "portal"),
    "a name with a line end": ("name", "portal.example.org\nDATABASE_URL=sqlite:////x"),
    "a name that ends a directive": ("name", "portal.example.org;"),
    "no address": ("machines_address", "base"),
    "an address of IPv6": ("machines_address", "fd00::1"),
    "a machines' name without a dot": ("machines_name", "machines"),
    "a rule of nft": ("gateways", "10.20.0.1 } accept"),
    "no e-mail address": ("administrator", "ada"),
    "a certificate without its key": ("certificate", "/etc/ssl/portal.pem"),
    "an ACME server in the clear": ("acme_server", "http://acme.example/dir"),
    "an ACME server with a password": ("acme_server", "https://me:secret@acme.example/dir"),
    "two addresses for the ACME server": ("acme_email", "ada@example.org,eve@example.org"),
    "an option of certbot": ("acme_email", "--register@example.org"),
    "a relative authority of an ACME server": ("acme_ca_file", "ca.crt"),
    "SQLite": ("database", "sqlite:////var/lib/x.sqlite3"),
    "a password in the database's address": ("database", "postgresql://me:secret@host/nsmaas"),
    "a password in the broker's address": ("broker", "redis://:secret@host:6379/0"),
    "a quote": ("provider_name", 'Guard "24"'),
    "words for a telephone": ("provider_phone", "the office"),
    "a digit that nobody dials": ("provider_phone", "+44 (0)20 7946 0100"),
    "a dollar sign": ("provider_name", "$HOME"),
    "a port of letters": ("mail_port", "smtp"),
    "neither yes nor no": ("mail_tls", "1"),
    "a folder that is relative": ("backup_folder", "backups"),
    "a folder that goes up": ("wal_folder", "/mnt/../etc"),
    "a folder with a line end": ("wal_folder", "/mnt/wal\nReadWritePaths=/"),
    "a program with a word of the shell": ("ship_with", "/usr/bin/true;id"),
    "WAL where only root may write": ("wal_folder", "/var/backups/nsmaas/wal"),
}


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_refused_with_the_name_of_its_flag_and_without_a_password(name: str, value: str):
    with pytest.raises(SetupRefused) as refused:
        replace(GOOD, **{name: value})
    assert f"--{name.replace('_', '-')}" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_machines_are_told_the_name_that_stands_for_all_hosts_and_may_go_on_calling_the_address():
    """Boxes that enrolled before there was a second host know the first one's address alone."""
    two = replace(GOOD, machines_name="machines.example.org")
    assert (GOOD.machines_door_url, two.machines_door_url) == (
        "https://10.20.0.10:8443", "https://machines.example.org:8443",
    )  # fmt: skip
    assert two.machines_names == ["machines.example.org", "10.20.0.10"]
    assert settings_file.wanted(two)["NSMAAS_ALLOWED_HOSTS"] == "portal.example.org,machines.example.org,10.20.0.10"


def test_where_postgresql_is_another_hosts_its_wal_is_too():
    with pytest.raises(SetupRefused, match="--wal-folder"):
        replace(GOOD, database="postgresql://db.example/nsmaas", wal_folder="/mnt/wal")


def test_an_acme_server_would_ask_another_of_two_hosts():
    with pytest.raises(SetupRefused, match="--machines-name"):
        replace(GOOD, certificate="acme", machines_name="machines.example.org")


def test_fewer_than_six_questions_are_asked():
    assert len(QUESTIONS) == 5


def test_a_flag_comes_before_the_file_and_the_file_before_the_last_run():
    assert put_together({"name": "a"}, {"name": "b", "gateways": "b"}, {"gateways": "c", "broker": "c"}) == {
        "name": "a", "gateways": "b", "broker": "c",
    }  # fmt: skip


def test_what_was_kept_is_read_again(tmp_path: Path):
    keep(GOOD, tmp_path / "setup.toml")
    assert Answers(**read_file(tmp_path / "setup.toml")) == GOOD


@pytest.mark.parametrize("text", ['colour = "red"', "mail_port = 25", "name portal", "name = 'a'\nname = 'b'"])
def test_a_file_that_is_no_answer_is_refused(tmp_path: Path, text: str):
    (tmp_path / "answers.toml").write_text(text)
    with pytest.raises(SetupRefused, match=r"answers\.toml"):
        read_file(tmp_path / "answers.toml")


@pytest.mark.parametrize("line", ["NAME", "export A=b", "A=b\\", 'A="b" "c"', "a=b"])
def test_a_line_of_settings_that_systemd_reads_in_another_way_is_refused(line: str):
    with pytest.raises(SetupRefused, match="line 2"):
        settings_file.parse(f"FIRST=1\n{line}\n")


def test_settings_are_read_as_systemd_does():
    assert settings_file.parse("# x\n; y\n\nA=b c\nB='d'\nC=\"e\"\nD=\n") == {"A": "b c", "B": "d", "C": "e", "D": ""}


def test_a_block_is_written_once_and_what_was_there_stays():
    first = files.with_block("a\nb", "one\ntwo", first=True)
    assert first.endswith("\na\nb\n")
    assert files.with_block(first, "one\ntwo", first=True) == first
    assert "one" not in files.with_block(first, "three", first=True)
    last = files.with_block("a\n", "x", first=False)
    assert last.startswith("a\n")
    assert files.with_block(last, "x", first=False) == last


def test_a_file_is_never_half_written_and_keeps_its_mode(tmp_path: Path):
    path = tmp_path / "secret"
    (tmp_path / ".secret.new").write_text("left by a crash")
    files.write(path, "text", 0o600)
    assert (path.read_text(), path.stat().st_mode & 0o777, list(tmp_path.iterdir())) == ("text", 0o600, [path])


@pytest.mark.parametrize("template", ["people.conf.template", "machines.conf.template", "challenge.conf.template"])
def test_nginx_gets_what_the_laboratory_tries(template: str):
    text = (CHECKOUT / "portal/deploy/nginx" / template).read_text()
    values = {name: f"/x/{name.lower()}" for name in re.findall(r"\$\{(NGINX_[A-Z_]+)\}", text)}
    assert nginx_files.fill_in(text, values) == fill_in_for_the_laboratory(text, values)


@pytest.mark.parametrize("phone", ["", "+44 (20) 7946-0100"])
def test_the_doors_own_pages_say_whom_to_call_and_are_the_laboratorys(tmp_path: Path, phone: str):
    pages = door_pages(phone=phone, folder=tmp_path)
    write_pages(tmp_path, call(phone))
    assert {path: path.read_text() for path in tmp_path.iterdir()} == pages
    for path, text in pages.items():
        assert f"/door/{path.name};" in PEOPLES_DOOR
        assert ('href="tel:+442079460100"' in text) == bool(phone)
        assert "${" not in text


@pytest.mark.parametrize("value", ["a b", "a;b", "a{", "a\nb", ""])
def test_a_value_cannot_become_a_directive_of_nginx(value: str):
    with pytest.raises(SetupRefused, match="NGINX_LISTEN"):
        nginx_files.fill_in("listen ${NGINX_LISTEN};", {"NGINX_LISTEN": value})

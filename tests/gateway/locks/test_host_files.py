"""The locks that are files: modes, what is removed, and what OpenVPN's user can read."""

import os
from pathlib import Path

import pytest

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import write_atomically
from gateway.locks.client_configs import sync_client_configs
from gateway.locks.revoked_serials import block_serials, look_as_openvpn, present_serials
from gateway.state.stored_state import StoredState
from tests.support.gateway.facts import ANNA, BERTA, CONFIG, cut_entry, entry

STATE = StoredState(1, CONFIG, {ANNA: entry(), BERTA: cut_entry(BERTA)}, frozenset({"22"}))


@pytest.fixture
def directory(tmp_path: Path) -> AgentDirectory:
    made = AgentDirectory(tmp_path / "gateway")
    made.prepare()
    return made


def test_it_makes_the_directories_for_all_to_read_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        made = AgentDirectory(tmp_path / "gateway")
        made.prepare()
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (made.root, made.ccd, made.crl)} == {0o755}


def test_it_names_the_directories_that_it_repaired(directory: AgentDirectory) -> None:
    assert directory.prepare() == []
    directory.crl.chmod(0o700)
    assert directory.prepare() == ["crl"]


def test_only_allowed_sensors_have_a_client_config(directory: AgentDirectory) -> None:
    (directory.ccd / BERTA).write_text("ifconfig-push 10.88.0.6 255.255.0.0\n")
    (directory.ccd / "s-unlistedaaaa").write_text("")
    sync_client_configs(directory.ccd, STATE, changed=None)
    assert os.listdir(directory.ccd) == [ANNA]
    assert (directory.ccd / ANNA).read_text() == "ifconfig-push 10.88.0.5 255.255.0.0\n"
    assert (directory.ccd / ANNA).stat().st_mode & 0o777 == 0o644


def test_a_change_touches_only_its_own_sensor(directory: AgentDirectory) -> None:
    (directory.ccd / "s-unlistedaaaa").write_text("")
    sync_client_configs(directory.ccd, STATE, changed=frozenset({BERTA}))
    assert os.listdir(directory.ccd) == ["s-unlistedaaaa"]


def test_serials_are_added_readable_and_never_removed(directory: AgentDirectory) -> None:
    block_serials(directory, ["11", "22"])
    (directory.crl / "22").chmod(0o600)
    block_serials(directory, ["22"])
    assert present_serials(directory) == {"11", "22"}
    assert (directory.crl / "22").stat().st_mode & 0o777 == 0o644


@pytest.mark.root
def test_it_sees_with_the_eyes_of_openvpns_user_below_a_folder_closed_to_it(directory: AgentDirectory) -> None:
    block_serials(directory, ["11", "22"])
    directory.root.parent.chmod(0o700)
    assert look_as_openvpn(directory, user="nobody", group="nogroup").serials == {"11", "22"}
    (directory.crl / "22").chmod(0o600)
    assert look_as_openvpn(directory, user="nobody", group="nogroup").serials == {"11"}
    directory.crl.chmod(0o700)
    look = look_as_openvpn(directory, user="nobody", group="nogroup")
    assert (look.serials, look.problem) == (frozenset(), "user nobody cannot read the crl directory")


def test_a_user_that_does_not_exist_is_a_problem_and_not_a_pass(directory: AgentDirectory) -> None:
    look = look_as_openvpn(directory, user="nobody-of-this-name", group=None)
    assert look.serials == frozenset()
    assert look.problem


def test_a_secret_is_never_readable_by_others_and_a_leftover_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".key.new").write_text("left by a crash")
    write_atomically(tmp_path / "key", b"secret", mode=0o600)
    assert os.listdir(tmp_path) == ["key"]
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600

"""nsm-sensor settings: what changed at base reaches the box, is tried, and is put back if base does not answer."""

import time
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.sensor_kit.base_settings import CONFIG, NEW, SETTINGS_PATH, AskingBox
from tests.support.sensor_kit.doors import Answer, Door, open_door
from tests.support.sensor_kit.kit import Sensor, killing_program, make_sensor, problem, wrap_program

DISK_UUID = "14616235-6d9e-4e31-b7a1-c8f7d6bf2aef"


@pytest.fixture
def changed(sensor: Sensor, machines_door: Door) -> AskingBox:
    return AskingBox(sensor, machines_door)


def test_what_changed_at_base_is_in_place_once_base_has_answered_over_it(changed: AskingBox) -> None:
    done = changed.ask()
    assert done.code == 0, done.err
    assert changed.files["client.conf"].decode() == NEW
    assert changed.tunnel.calls("systemctl") == ["systemctl try-restart nsm-tunnel.service"]
    assert changed.leftovers == set()
    assert len(changed.door.to(SETTINGS_PATH)) == 2, "asked, and proved by an answer"
    report = changed.tunnel.status()
    assert (report["last_settings"]["exit_code"], report["last_settings"]["text"]) == (0, done.out.strip())


def test_what_has_not_changed_costs_one_question_and_no_restart(changed: AskingBox) -> None:
    changed.tell(CONFIG)
    done = changed.ask()
    assert (done.code, done.out) == (0, "nothing has changed at base\n")
    assert changed.files == changed.before
    assert changed.tunnel.calls("systemctl") == []
    assert len(changed.door.to(SETTINGS_PATH)) == 1


def test_a_door_with_another_address_interrupts_no_tunnel(
    changed: AskingBox, tmp_path: Path, authority: Authority
) -> None:
    with open_door(tmp_path, authority, clients=authority) as other:
        other.answers[SETTINGS_PATH] = [changed.tell(CONFIG, machines_door_url=other.url)]
        assert changed.ask().code == 0
        assert f"machines_door_url={other.url}\n" in changed.files["sensor.conf"].decode()
        assert len(other.to(SETTINGS_PATH)) == 1, "base has answered at the new door"
    assert changed.tunnel.calls("systemctl") == ["systemctl try-reload-or-restart nsm-firewall.service"]


def test_a_door_where_nobody_is_is_left_again(changed: AskingBox) -> None:
    changed.tell(CONFIG, machines_door_url="https://127.0.0.1:9")
    done = changed.ask()
    assert done.code == 25
    assert changed.files == changed.before
    assert "nsm-tunnel" not in " ".join(changed.tunnel.calls("systemctl"))


def test_settings_with_which_the_tunnel_does_not_come_up_are_put_back_and_that_is_told(changed: AskingBox) -> None:
    changed.tunnel.refuse(NEW)
    done = changed.ask()
    assert done.code == 25
    assert "did not come up" in done.err
    assert changed.files == changed.before
    assert changed.tunnel.is_up, "it was started again with what was before"
    assert changed.leftovers == set()
    assert changed.tunnel.status()["last_settings"]["exit_code"] == 25
    assert "last settings" in changed.sensor.run("status").out


def test_the_same_settings_are_not_tried_again_before_a_day_is_over(changed: AskingBox) -> None:
    changed.tunnel.refuse(NEW)
    assert changed.ask().code == 25
    restarts = len(changed.tunnel.calls("systemctl"))
    again = changed.ask()
    assert again.code == 0
    assert "did not work" in again.out
    assert len(changed.tunnel.calls("systemctl")) == restarts
    note = changed.sensor.directory / "settings-refused"
    at, digest = note.read_text().split()
    for seconds, tried in ((86_300, False), (86_500, True), (-60, True)):
        note.write_text(f"{int(time.time()) - seconds} {digest}\n")
        assert (changed.ask().code == 25) == tried, seconds
    assert int(at) > 0


def test_other_settings_are_tried_at_once_and_the_same_when_a_person_says_so(changed: AskingBox) -> None:
    changed.tunnel.refuse(NEW)
    assert changed.ask().code == 25
    assert changed.ask("--again").code == 25
    changed.tell(NEW.replace("1300", "1200"))
    assert changed.ask().code == 0
    assert b"mssfix 1200" in changed.files["client.conf"]


def test_a_second_way_by_tcp_is_taken_and_its_port_let_out(changed: AskingBox) -> None:
    """As the portal says it, where a gateway has got a TCP port."""
    [remote] = [line for line in NEW.splitlines() if line.startswith("remote ")]
    changed.tell(NEW.replace(remote, f"{remote}\nremote 203.0.113.9 443 tcp-client\nconnect-timeout 10"))
    assert changed.ask().code == 0
    assert b"\nremote 203.0.113.9 443 tcp-client\n" in changed.files["client.conf"]
    rules = changed.sensor.run("firewall", "--print").out
    assert f"udp dport {remote.split()[2]} accept" in rules
    assert "tcp dport 443 accept" in rules


def test_what_the_box_learned_of_itself_meanwhile_is_not_put_back(changed: AskingBox) -> None:
    """Between switch and proof lies a power cut, at which an unlock notes the disk and a person writes a line."""
    changed.tunnel.note("broken")
    assert changed.ask().code == 1
    conf = changed.sensor.directory / "sensor.conf"
    conf.write_text(conf.read_text() + f"disk_uuid={DISK_UUID}\nsniffing_interfaces=eth1\n")
    (changed.tunnel.folder / "broken").unlink()
    changed.tunnel.refuse(NEW)
    assert changed.ask().code == 25
    lines = changed.files["sensor.conf"].decode().splitlines()
    assert {f"disk_uuid={DISK_UUID}", "sniffing_interfaces=eth1"} <= set(lines)
    assert changed.files["client.conf"].decode() == CONFIG


@pytest.mark.parametrize(
    "config",
    [
        CONFIG + "up /tmp/evil\n",
        CONFIG + "script-security 2\n",
        CONFIG.replace("tls-version-min 1.3", "tls-version-min 1.0"),
        CONFIG.replace("dev tun0", "dev tun1"),
        CONFIG.replace("g-abcdefghijkl", "g-mnopqrstuvwx"),
        CONFIG.replace("verify-x509-name g-abcdefghijkl name\n", ""),
        CONFIG + "# \0up /tmp/evil\n",
        "",
        None,
    ],
    ids=lambda config: str(config)[-30:],
)
def test_what_enrolment_would_not_have_taken_is_not_taken_now(changed: AskingBox, config: str | None) -> None:
    changed.tell(config)  # type: ignore[arg-type] # None leaves it out
    done = changed.ask()
    assert done.code == 17
    assert "were not taken" in done.err
    assert changed.files == changed.before
    assert changed.tunnel.calls("systemctl") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("machines_door_url", "http://10.20.0.10"),
        ("machines_door_url", "https://10.20.0.10\nfirewall=off"),
        ("machines_door_url", None),
        ("address", "10.88.0.5; reboot"),
        ("underlay", "0.0.0.0/0"),
        ("underlay", "10.88.0.1/16"),
        ("underlay", "203.0.113.0/24"),
        ("underlay", "10.0.0.0/8"),
        ("underlay", "10.88.0.0/16 }"),
        ("underlay", None),
    ],
)
def test_a_malformed_setting_is_not_taken(changed: AskingBox, name: str, value: str | None) -> None:
    changed.tell(NEW, **{name: value})
    assert changed.ask().code == 17
    assert changed.files == changed.before


def test_what_is_this_boxs_own_cannot_be_set_by_base(changed: AskingBox) -> None:
    own = {"firewall": "off", "subject": "s-zzzzzzzzzzzz", "portal_url": "https://evil.example", "mount_point": "/etc"}
    changed.tell(NEW, **own, certificate="x", chain="x", tls_crypt_v2_client_key="x")
    assert changed.ask().code == 0
    assert changed.files["sensor.conf"] == changed.before["sensor.conf"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(403, "certificate-refused"), 10),
        (problem(403, "call-refused"), 10),
        (problem(429, "too-many-calls"), 12),
        (Answer(status=500), 12),
        (Answer(status=200, body=b"not json"), 17),
        (Answer(status=302, headers=(("Location", "https://127.0.0.1:9"),)), 12),
    ],
    ids=lambda value: str(getattr(value, "status", value)),
)
def test_any_other_answer_changes_nothing(changed: AskingBox, answer: Answer, code: int) -> None:
    changed.door.answers[SETTINGS_PATH] = [answer]
    assert changed.ask().code == code
    assert changed.files == changed.before
    assert changed.tunnel.calls("systemctl") == []


def test_a_tunnel_that_is_up_proves_nothing_while_base_is_silent(changed: AskingBox) -> None:
    base = changed.tell(NEW)
    changed.door.answers[SETTINGS_PATH] = [base, Answer(status=503)]
    assert changed.ask().code == 25
    assert changed.files == changed.before


def test_two_things_are_not_tried_at_once(changed: AskingBox) -> None:
    (changed.sensor.directory / "previous").mkdir()
    assert "renew --prove" in changed.ask().err
    (changed.sensor.directory / "previous").rmdir()
    (changed.sensor.directory / "settings-before").mkdir()
    done = changed.sensor.run("renew")
    assert done.code == 1
    assert "nsm-sensor settings" in done.err
    assert changed.files == changed.before


@pytest.mark.parametrize("ending", ["they work", "they do not"])
@pytest.mark.parametrize(("name", "least"), [("mv", 5), ("ln", 2), ("sync", 8), ("rm", 2), ("touch", 1), ("mkdir", 2)])
def test_killed_anywhere_the_tunnel_has_one_or_the_other_and_it_ends_well(
    tmp_path: Path, machines_door: Door, authority: Authority, name: str, least: int, ending: str
) -> None:
    kills, works = 0, ending == "they work"
    for when in ("before", "after"):
        for number in range(1, 40):
            folder = tmp_path / f"{when}-{number}"
            folder.mkdir()
            box = AskingBox(make_sensor(folder, authority, machines_door.url), machines_door)
            if not works:
                box.tunnel.refuse(NEW)
            killing_program(folder, name, when, number)
            code = box.ask().code
            (box.tunnel.programs / name).unlink()
            if code != -9:
                assert code == (0 if works else 25)
                break
            kills += 1
            # The tunnel's start, and a boot: one whole client.conf, and settings that can be read.
            assert box.sensor.run("renew", "--finish").code == 0
            assert box.files["client.conf"].decode() in (CONFIG, NEW), (when, number)
            assert box.sensor.run("status", path=box.tunnel.programs).code == 0
            done = box.ask("--again")
            assert done.code in ((0,) if works else (0, 25)), (when, number, done.err)
            assert box.files["client.conf"].decode() == (NEW if works else CONFIG), (when, number)
            assert box.leftovers == set(), (when, number)
    assert kills >= least


def test_the_old_settings_are_safe_before_the_first_move(changed: AskingBox) -> None:
    """A kill keeps what was written; a power cut keeps only what was synced. So the order of the calls is looked at."""
    log = 'printf \'%s\\n\' "${0##*/} $*" >>"${0%/*}/order"'
    for name in ("mv", "sync", "rm", "ln"):
        wrap_program(changed.tunnel.programs, name, f'{log}\nexec $REAL "$@"')
    assert changed.ask().code == 0
    here = str(changed.sensor.directory)
    folder = f"{here}/settings"
    order = [
        f"sync {folder}/client.conf",
        f"mv -f {folder}/sensor.conf.new {folder}/sensor.conf",
        f"sync {folder}",
        f"ln -f {here}/client.conf {folder}/before/client.conf",
        f"sync {folder}/before",
        f"mv -f {folder}/complete.new {folder}/complete",
        f"sync {folder}",
        f"mv -f {folder}/client.conf {here}/client.conf",
        f"mv -f {folder}/sensor.conf {here}/sensor.conf",
        f"sync {here} {folder}",
        f"mv {folder}/before {here}/settings-before",
        f"sync {here}",
        f"rm -f {folder}/complete",
        f"rm -rf {here}/settings-before",
    ]
    position = iter((changed.tunnel.programs / "order").read_text().splitlines())
    assert [call for call in order if call not in position] == []

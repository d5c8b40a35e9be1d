"""From the carton to a thief and back, on a box that boots: systemd, the kit's package, dm-crypt and OpenVPN are real.

Each test builds on those before it. Security Onion has stand-ins, which write to /nsm as soon as they run.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.field.boxed_site import BoxedSite
from tests.support.installation.documented import Block, documented
from tests.support.searching import Search
from tests.support.soaking import SOAKING
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("field")]

MIB = 2**20
PAYLOAD = 16 * MIB  # of LUKS 2, as it is by default
HELD, NO_ANSWER, WRONG_KEY, NO_DEVICE = 11, 12, 13, 14
# What is on the raw disk once formatting has come so far.
STEPS: dict[str, Callable[[Path], bool]] = {
    "the mark": lambda disk: disk.read_bytes()[-512:].startswith(b"nsm-sensor"),
    "the header": lambda disk: disk.read_bytes().startswith(b"LUKS"),
    "the file system": lambda disk: any(disk.read_bytes()[PAYLOAD : PAYLOAD + MIB]),
}
# In seconds.
DAY, TOLD_EVERY, LISTENED = 86_400, 300, 20
# A battery that is empty: what the clock says at boot, before anything of ours runs.
DEAD_CLOCK = r"""printf '%s\n' '[Unit]' DefaultDependencies=no Before=nsm-clock.service \
  '[Service]' Type=oneshot 'ExecStart=/bin/date -s 2020-01-01' '[Install]' WantedBy=sysinit.target \
  > /etc/systemd/system/dead-clock.service; systemctl -q enable dead-clock.service"""
# The command that is interrupted, what is there by then, and the command that ends it.
SETTINGS, RENEWAL = "nsm-sensor settings", "nsm-sensor renew && nsm-sensor renew --prove"
PROVEN = "nsm-sensor renew --prove"
NEW_FILES = {
    "settings are prepared": (SETTINGS, "settings/complete", SETTINGS),
    "settings are on trial": (SETTINGS, "settings-before", SETTINGS),
    "a certificate is asked for": (RENEWAL, "renewal/client.csr", RENEWAL),
    "a certificate is prepared": (RENEWAL, "renewal/complete", PROVEN),
    "a certificate is on trial": (RENEWAL, "previous", PROVEN),
}


def test_with_a_code_it_enrols_and_connects(site: BoxedSite):
    box = site.box
    box.boot(site.disk)
    site.assert_that_nothing_records()
    site.enrol(documented("sensor", "sensor-enrol"), site.facts.code)
    assert box.try_shell("test -e /root/code")[0] != 0
    site.wait_for_tunnel()


@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_while_it_formats_costs_nothing_but_the_time(site: BoxedSite, step: str):
    """The same command is run again, and goes on from what it finds."""
    # Until the gateway has told of the tunnel the key is held.
    again = "until nsm-sensor format-disk --device /dev/ubdb; do sleep 0.3; done"
    site.box.shell(f"setsid sh -c '{again}' >/hands/formatting 2>&1 &")
    wait_until(lambda: STEPS[step](site.disk), seconds=60, what=f"{step} is on the disk")
    site.box.cut_power()
    site.box.boot(site.disk)
    site.wait_for_tunnel()


def test_formatted_it_records_and_check_finds_nothing_but_the_clock(site: BoxedSite):
    page = documented("sensor", "sensor-disk")
    # Power may have gone when all was done: then it is open since the boot.
    if not site.box.is_active("nsm.mount"):
        wait_until(lambda: follows(site, page), seconds=90, what="it is formatted")
    site.wait_until_it_records(seconds=90)
    site.keys["first"] = site.disk_key()
    site.follow(documented("sensor", "sensor-settings"), {})
    status, said = site.box.try_shell(documented("sensor", "sensor-check").commands)
    assert status == 0, "which is of the last of them"
    # No time server is here.
    assert {line.split()[1] for line in said.splitlines() if line.startswith("FAULT")} == {"clock"}, said


def follows(site: BoxedSite, page: Block) -> bool:
    try:
        site.follow(page, {"/dev/disk/by-id/EXAMPLE": "/dev/ubdb"})
    except RuntimeError:
        return False
    return True


def test_after_a_power_cut_it_records_by_itself_whatever_the_disk_is_called(
    site: BoxedSite, capsys: pytest.CaptureFixture[str]
):
    site.box.shell("date > /nsm/recorded; sync")
    site.box.cut_power()
    site.box.boot(site.other_disk, site.disk)
    site.wait_until_it_records(seconds=90)
    assert site.box.shell("cat /nsm/recorded")
    assert "mounted" in site.box.shell("nsm-sensor status --json")
    tunnel, mounted, records = site.seconds_since_power()
    with capsys.disabled():
        print(f"\nfrom power to tunnel {tunnel:.0f} s, to /nsm {mounted:.0f} s, to what records {records:.0f} s")
    assert tunnel <= mounted <= records


def test_an_idle_box_costs_its_line_little(site: BoxedSite, capsys: pytest.CaptureFixture[str]):
    """What keeps the tunnel open, and what the box tells. Of a day, by what a short time of it and one telling took."""
    site.box.shell("systemctl stop nsm-heartbeat.timer")
    site.count_bytes()
    began = time.monotonic()
    time.sleep(LISTENED)
    kept_open = site.bytes_counted() / (time.monotonic() - began)
    before = site.bytes_counted()
    site.box.shell("systemctl start nsm-heartbeat.service")
    told = site.bytes_counted() - before
    site.box.shell("systemctl start nsm-heartbeat.timer")
    a_day = kept_open * DAY + told * DAY / TOLD_EVERY
    with capsys.disabled():
        print(f"\nan idle box: {a_day / MIB:.1f} MiB a day ({kept_open:.0f} bytes/s, and {told} bytes every 5 minutes)")
    assert kept_open > 0
    assert told > 0
    assert a_day < 10 * MIB


def test_a_dead_clock_a_late_disk_and_a_line_that_is_closed_cost_nothing_but_the_time(site: BoxedSite):
    box = site.box
    box.shell(f"{DEAD_CLOCK}; sync")
    box.cut_power()
    site.drop_tunnel()
    box.boot()
    # The door is open, the tunnel is not: the portal tells the time, signed.
    box.wait_until("systemctl is-active --quiet nsm-tunnel.service", seconds=90, what="the clock is judged")
    assert abs(float(box.shell("date +%s")) - time.time()) < 30
    assert "clock was wrong; it is set to" in box.shell("journalctl --boot --output=cat --unit=nsm-clock")
    site.wait_for_outcome(NO_DEVICE)
    site.assert_that_nothing_records()
    box.plug_in("b", site.disk)
    site.wait_for_outcome(NO_ANSWER)
    site.assert_that_nothing_records()
    site.let_tunnel_pass()
    site.wait_until_it_records(seconds=120)
    box.shell("systemctl -q disable dead-clock.service; sync")


@pytest.mark.parametrize("step", NEW_FILES if SOAKING else list(NEW_FILES)[-1:])
def test_a_power_cut_while_new_files_prove_themselves_costs_nothing_but_the_time(site: BoxedSite, step: str):
    """It comes up with them or with those before, and what was begun ends well."""
    site.allow_packets_of(1300 + list(NEW_FILES).index(step))
    during, condition, ends = NEW_FILES[step]
    site.box.cut_power_once(f"[ -e /etc/nsm-sensor/{condition} ]", during=during)
    site.box.boot(site.disk)
    site.wait_until_it_records(seconds=120)
    site.box.shell(ends, seconds=180)
    assert site.box.shell("ls -d /etc/nsm-sensor/{previous,renewal,settings,settings-before} 2>/dev/null; true") == ""
    site.wait_for_tunnel()


def test_reported_it_stays_locked_and_is_seen(site: BoxedSite):
    site.theft.report()
    site.theft.wait_until_cut_off()
    site.box.cut_power()
    site.box.boot(site.disk)
    assert site.theft.wait_until_seen()["source_address"]
    site.assert_that_nothing_records()
    assert site.box.is_active("nsm-unlock.service"), "it goes on trying"
    assert site.box.shut_down() < 60


def test_given_back_it_is_wiped_and_records_under_a_new_key(site: BoxedSite):
    site.give_back()
    box = site.box
    box.boot(site.disk)
    site.enrol(documented("sensor", "sensor-enrol"), site.new_code(), again="--again")
    box.shell("systemctl stop nsm-unlock.service; systemctl restart nsm-tunnel.service")
    site.wait_for_tunnel()
    # Its old volume is known, and nothing is destroyed that nobody asked for.
    other_key = f"nsm-sensor format-disk --device /dev/ubdb; [ $? -eq {WRONG_KEY} ]"
    box.wait_until(other_key, seconds=60, what="the new key does not open the old disk")
    wipe = "echo ubdb | nsm-sensor format-disk --wipe --device /dev/ubdb >/hands/formatted 2>&1"
    box.wait_until(wipe, seconds=90, what="it is wiped and formatted")
    box.shell("systemctl start nsm-unlock.service")
    site.wait_until_it_records()
    assert box.try_shell("test -e /nsm/recorded")[0] != 0
    site.keys["second"] = site.disk_key()
    assert site.keys["second"] != site.keys["first"]


def test_where_it_is_not_expected_it_waits_until_somebody_permits_it(site: BoxedSite):
    site.expect_in("192.0.2.0/24")
    site.box.shell("sync")
    site.box.cut_power()
    site.box.boot(site.disk)
    site.wait_for_outcome(HELD)
    site.assert_that_nothing_records()
    sensor = site.sensor()
    permit = f"/api/v1/sensors/{sensor['id']}/permit-key/"
    site.operator.post_json(permit, public_address=sensor["public_address"])
    site.wait_until_it_records(seconds=120)


def search_all(site: BoxedSite) -> set[tuple[str, str]]:
    """On the raw disks, in what the box wrote beside its image, and in what was asked of it."""
    assert site.disk.is_relative_to(site.folder)
    assert site.box.written.is_relative_to(site.folder)
    return Search(site.keys).in_files([site.folder])


def test_no_key_was_ever_written_down(site: BoxedSite):
    box = site.box
    box.shell(
        "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline > /hands/processes 2>/dev/null; ps -ef >> /hands/processes;"
        "journalctl --no-pager --output=export > /hands/journal; sync"
    )
    assert (box.hands / "journal").stat().st_size > 10_000
    assert search_all(site) == set()
    # One that is written down is found.
    with (box.hands / "journal").open("ab") as file:
        file.write(site.keys["second"].hex().encode())
    assert {name for name, _ in search_all(site)} == {"second"}

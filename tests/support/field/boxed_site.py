"""A site whose box boots for real, with the people who decide about it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.laboratory import Laboratory
from lab.theft import Theft
from lab.topology import BASE_PUBLIC
from tests.support.field.virtual_box import VirtualBox
from tests.support.installation.documented import Block
from tests.support.journey import visitor_signed_in

NAME = "a1"
DISK_SIZE = "96M"
COUNTED = """
table ip counted {
  counter tunnel { }
  chain forward {
    type filter hook forward priority -20;
    udp dport 1194 counter name tunnel
    udp sport 1194 counter name tunnel
  }
}
"""


class BoxedSite:
    def __init__(self, laboratory: Laboratory, box: VirtualBox, folder: Path) -> None:
        self.laboratory, self.box, self.folder = laboratory, box, folder
        self.facts = laboratory.sensors[NAME].facts
        self.operator = visitor_signed_in(laboratory, "otto@")
        self.manager = visitor_signed_in(laboratory, "maria@")
        self.router = laboratory.topology.routers["site-a"]
        self.theft = Theft(laboratory, laboratory.sensors[NAME])
        self.disk, self.other_disk = folder / "disk", folder / "other"
        for disk in (self.disk, self.other_disk):
            subprocess.run(["truncate", "--size", DISK_SIZE, disk], check=True)
        self.keys: dict[str, bytes] = {}

    def enrol(self, page: Block, code: str, *, again: str = "") -> None:
        """And connects."""
        (self.box.hands / "ca.crt").write_bytes((self.laboratory.certificates / "ca.crt").read_bytes())
        self.box.shell(f"echo {code} > /root/code")
        here = f"https://{BASE_PUBLIC} --ca-file /hands/ca.crt {again}"
        self.follow(page, {"https://portal.example.org": here})
        # Debian's kernel for this has no tables of the families inet and arp (tests/sensor_kit/test_firewall_live).
        conf = "/etc/nsm-sensor/sensor.conf"
        # Power is cut soon after: what a shell appends is not on the disk before it is asked for.
        self.box.shell(f"grep -qx firewall=off {conf} || echo firewall=off >> {conf}; sync")
        self.box.shell("systemctl restart nsm-firewall.service")

    def follow(self, page: Block, replacing: Mapping[str, str]) -> str:
        """Types what a page says, its examples replaced and nothing else. Raises RuntimeError if a command fails."""
        script = page.commands
        for example, real in replacing.items():
            assert example in script, f"{example} is not in {page.name}"
            script = script.replace(example, real)
        return self.box.shell(f"set -e\n{script}")

    def sensor(self) -> dict[str, Any]:
        """As staff see it."""
        sensors = self.operator.json("/api/v1/sensors/")["results"]
        return dict(next(each for each in sensors if each["subject"] == self.facts.subject))

    def new_code(self) -> str:
        return str(self.operator.post_json(f"/api/v1/sensors/{self.sensor()['id']}/enrolment-code/")["code"])

    def give_back(self) -> None:
        """By two people."""
        closing = f"/api/v1/cases/{self.theft.case()['id']}/closing/"
        asked = self.operator.post_json(closing, outcome="given-back", reason="Found in a van, seal unbroken.")
        self.manager.post_json(f"{closing}agree/", approval=asked["id"])

    def expect_in(self, network: str) -> None:
        """Whatever network it is in, it is expected there."""
        self._manage(
            "from tenants.models import Site; from tenants.operations.change_site import change_site as c;"
            "from tenants.actors import Actor; from sensors.models import Sensor;"
            f"s = Sensor.objects.get(subject={self.facts.subject!r}).site;"
            f"c(site=s, name=s.name, expected_networks=[{network!r}], changed_by=Actor.process('test'))"
        )

    def allow_packets_of(self, size: int) -> None:
        """A gateway's fact that its boxes hear of, in bytes."""
        self._manage(f"from sensors.models import Gateway; Gateway.objects.update(mssfix={size})")

    def disk_key(self) -> bytes:
        said = self._manage(
            f"from pki.escrow.vault import get_or_create_disk_key as k;print(k(subject={self.facts.subject!r}).hex())"
        )
        return bytes.fromhex(said.strip().splitlines()[-1])

    def _manage(self, statements: str) -> str:
        return self.laboratory.portal.manage("shell", "--verbosity", "0", "-c", statements, process="machines")

    def drop_tunnel(self) -> None:
        """On its way to the gateway, as a site's firewall may."""
        rules = "table ip closed { chain forward { type filter hook forward priority -10; udp dport 1194 drop; }; }"
        self.router.run("nft", "-f", "-", given=rules)

    def let_tunnel_pass(self) -> None:
        self.router.run("nft", "delete", "table", "ip", "closed")

    def count_bytes(self) -> None:
        """From now on, of the tunnel, both ways, with the headers of IP."""
        self.router.run("nft", "-f", "-", given=COUNTED)

    def bytes_counted(self) -> int:
        said = self.router.run("nft", "--json", "list", "counter", "ip", "counted", "tunnel")
        return int(json.loads(said)["nftables"][1]["counter"]["bytes"])

    def wait_for_tunnel(self) -> None:
        up = f"ip -4 -o addr | grep -q {self.facts.address}/"
        self.box.wait_until(up, seconds=60, what="the tunnel is up")

    def wait_for_outcome(self, code: int, *, seconds: float = 90) -> None:
        """Of the last try to open the disk."""
        tried = f'grep -qs " {code} " /etc/nsm-sensor/last-unlock'
        self.box.wait_until(tried, seconds=seconds, what=f"the disk waits with exit code {code}")

    def wait_until_it_records(self, *, seconds: float = 60) -> None:
        """/nsm is open and mounted, and what writes there runs since then."""
        for unit in ("nsm.mount", "docker.service", "salt-minion.service"):
            self.box.wait_until(f"systemctl is-active --quiet {unit}", seconds=seconds, what=f"{unit} is active")
        assert "/dev/mapper/nsm on /nsm type ext4" in self.box.shell("mount; ls /nsm")
        assert self.box.shell("ls /nsm/docker-was-here /nsm/salt-minion-was-here")

    def seconds_since_power(self) -> tuple[float, float, float]:
        """Of this boot: when the tunnel came up, when /nsm was mounted, when what records ran."""
        up = self.box.shell(
            "journalctl --boot --output=short-monotonic --unit=nsm-tunnel | grep -m1 'Initialization Seq'"
        )
        units = "systemctl show --property=ActiveEnterTimestampMonotonic --value nsm.mount docker.service"
        mounted, records = (int(each) / 1_000_000 for each in self.box.shell(units).split())
        return float(up.strip("[ ").split("]")[0]), mounted, records

    def assert_that_nothing_records(self) -> None:
        """Nor is anything written on the plain disk in its place, and the rest of the box runs."""
        for unit in ("nsm.mount", "docker.service", "salt-minion.service"):
            assert not self.box.is_active(unit), unit
        assert self.box.shell("ls -A /nsm; ls /dev/mapper").split() == ["control"]
        assert self.box.shell("systemctl is-system-running --wait").strip() == "running"

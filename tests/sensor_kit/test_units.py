import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.sensor_kit.kit import KIT

UNITS = KIT / "systemd"
GATED = ("docker", "salt-minion")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A root folder with systemd's own units, ours, and the services that ours gate."""
    root = tmp_path / "box"
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    for program in (
        "usr/sbin/openvpn",
        "usr/sbin/cryptsetup",
        "usr/bin/nsm-sensor",
        "usr/bin/systemctl",
        "usr/bin/true",
        "bin/sh",
    ):
        file = root / program
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    system = root / "etc/systemd/system"
    shutil.copytree(UNITS, system)
    wants = system / "multi-user.target.wants"
    wants.mkdir()
    for name in GATED:
        (system / f"{name}.service").write_text(
            "[Unit]\nDescription=stand-in\n[Service]\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n"
        )
        (wants / f"{name}.service").symlink_to(f"../{name}.service")
    for name in ("nsm-unlock.service", "nsm-tunnel.service"):
        (wants / name).symlink_to(f"../{name}")
    early = system / "sysinit.target.wants"
    early.mkdir()
    (early / "nsm-firewall.service").symlink_to("../nsm-firewall.service")
    timers = system / "timers.target.wants"
    timers.mkdir()
    for name in ("nsm-renew.timer", "nsm-heartbeat.timer"):
        (timers / name).symlink_to(f"../{name}")
    return root


def verify(root: Path, *units: str) -> str:
    """What systemd-analyze has to say about our units, and about cycles anywhere."""
    done = subprocess.run(
        ["systemd-analyze", "verify", f"--root={root}", "--man=no", "--recursive-errors=yes", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if "nsm" in line or "cycle" in line)


def test_systemd_has_nothing_to_say(box: Path) -> None:
    ours = [unit.name for unit in UNITS.iterdir() if unit.is_file()]
    regular = {f"nsm-{what}.{kind}" for what in ("renew", "heartbeat") for kind in ("service", "timer")}
    once = {f"nsm-{what}.service" for what in ("clock", "firewall", "settings", "tunnel", "unlock")} | {"nsm.mount"}
    assert once | regular == set(ours)
    assert verify(box, *ours, "docker.service") == ""


def test_a_boot_with_the_units_has_no_ordering_cycle(box: Path) -> None:
    assert verify(box, "default.target") == ""


def test_a_mount_with_default_dependencies_would_be_a_cycle(box: Path) -> None:
    """Shows that the test before this one can fail."""
    mount = box / "etc/systemd/system/nsm.mount"
    mount.write_text(mount.read_text().replace("DefaultDependencies=no\n", ""))
    assert "cycle" in verify(box, "default.target")


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("nsm-unlock.service", "ExecStart=", "ExecStrat="),
        ("nsm-renew.service", "ProtectHome=", "ProtectHmoe="),
        ("nsm-renew.timer", "Persistent=", "Persitsent="),
    ],
)
def test_a_misspelt_directive_would_be_seen(box: Path, name: str, right: str, wrong: str) -> None:
    unit = box / "etc/systemd/system" / name
    assert right in unit.read_text()
    unit.write_text(unit.read_text().replace(right, wrong))
    assert verify(box, name) != ""


def test_nothing_that_a_boot_waits_for_waits_for_the_key() -> None:
    """Base may hold it for days: a unit that is starting for so long keeps systemd "starting", for all who watch it."""
    unlock = directives("nsm-unlock.service")
    assert "Type=exec" in unlock
    assert "Type=exec" in directives("nsm-tunnel.service"), "notify waits for base"
    assert "WantedBy=multi-user.target" in unlock
    assert not [line for line in directives("nsm.mount") if line.startswith(("WantedBy", "RequiredBy"))]
    for name in GATED:
        drop_in = directives(f"{name}.service.d/nsm.conf")
        assert drop_in == ["Requisite=nsm.mount", "After=nsm.mount"]


def test_no_unit_names_a_disk() -> None:
    """It would be waited for under that name, which may be another disk's; the mapped volume is ours."""
    named = [
        line
        for unit in UNITS.rglob("*")
        if unit.is_file()
        for line in unit.read_text().splitlines()
        if "/dev/" in line.replace("/dev/mapper/nsm", "").replace("/dev/net/tun", "") or "dev-" in line
    ]
    assert named == []


def test_one_failure_of_the_unlock_is_not_final() -> None:
    unlock = directives("nsm-unlock.service")
    assert "--once" not in " ".join(unlock)
    assert {"Restart=on-failure", "StartLimitIntervalSec=0", "SuccessExitStatus=143"} <= set(unlock)


def directives(name: str) -> list[str]:
    return [line for line in (UNITS / name).read_text().splitlines() if line and not line.startswith(("#", "["))]


def test_a_heartbeat_that_nobody_hears_leaves_no_failed_unit() -> None:
    """So that what looks after the box hears of its own faults alone."""
    assert "SuccessExitStatus=12" in directives("nsm-heartbeat.service")


def test_the_renewal_comes_daily_at_a_moment_of_its_own_and_is_made_up_for() -> None:
    timer = directives("nsm-renew.timer")
    assert {"OnCalendar=daily", "RandomizedDelaySec=1h", "Persistent=true", "WantedBy=timers.target"} <= set(timer)
    assert any(line.startswith("OnBootSec=") for line in timer), "a proof that was interrupted waits for the next boot"


def test_the_renewal_proves_what_is_left_over_then_renews_then_proves() -> None:
    kit = [line for line in directives("nsm-renew.service") if line.startswith("Exec")]
    assert [line.split("nsm-sensor ")[1].split(" --timeout")[0] for line in kit] == [
        "renew --prove",
        "renew --due",
        "renew --prove",
    ]
    assert "Type=oneshot" in directives("nsm-renew.service"), "or three commands are an error"


def test_the_renewal_is_hardened_as_the_tunnel_is_and_may_write_only_its_own_folder() -> None:
    tunnel, renewal = directives("nsm-tunnel.service"), directives("nsm-renew.service")
    hardening = {line for line in tunnel if line.startswith(("Protect", "Private", "NoNew", "Restrict"))}
    assert len(hardening) >= 7
    assert hardening <= set(renewal)
    assert [line for line in renewal if line.startswith("ReadWritePaths")] == ["ReadWritePaths=/etc/nsm-sensor"]
    assert any("nsm-tunnel.service" in line for line in renewal if line.startswith("After="))


def test_settings_are_asked_for_after_each_renewal_whatever_came_of_it_and_are_hardened_as_it_is() -> None:
    """Both restart the tunnel and look whether it comes up: at the same time nobody could say what for."""
    renewal, settings = directives("nsm-renew.service"), directives("nsm-settings.service")
    assert {"OnSuccess=nsm-settings.service", "OnFailure=nsm-settings.service"} <= set(renewal)
    own = {
        line for line in renewal if not line.startswith(("Exec", "Description", "After", "Wants", "On", "TimeoutStart"))
    }
    assert own <= set(settings)
    assert [line for line in settings if line.startswith("ExecStart")] == ["ExecStart=/usr/bin/nsm-sensor settings"]


def test_the_firewall_is_there_before_a_network_and_comes_again_after_who_takes_all_tables_away() -> None:
    firewall = set(directives("nsm-firewall.service"))
    assert {"DefaultDependencies=no", "WantedBy=sysinit.target", "PartOf=nftables.service"} <= firewall
    assert {"Before=network-pre.target shutdown.target", "After=local-fs.target nftables.service"} <= firewall
    assert not [line for line in firewall if line.startswith("ExecStop")], "a box that shuts down stays closed"


def test_the_tunnel_starts_behind_the_firewall_and_has_it_loaded_for_where_it_goes() -> None:
    unit = (UNITS / "nsm-tunnel.service").read_text()
    for relation in ("After", "Wants"):
        assert f"{relation}=network-online.target nsm-firewall.service nsm-clock.service\n" in unit
    again = "ExecStartPre=+-/usr/bin/systemctl try-reload-or-restart nsm-firewall.service\n"
    assert unit.index("renew --finish") < unit.index(again) < unit.index("ExecStart=")


def test_a_restart_of_the_tunnel_closes_no_disk() -> None:
    """The renewal restarts it. What the tunnel's end would end, too, are units that require it or are bound to it."""
    for unit in UNITS.rglob("*"):
        if unit.is_file():
            ties = [line for line in unit.read_text().splitlines() if "nsm-tunnel" in line]
            assert not [line for line in ties if line.startswith(("Requires", "BindsTo", "PartOf", "Requisite"))]

"""The story of `script/demo`: everything starts, sensors join and open their disks; a person takes over."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from lab.capabilities import has_device_mapper, has_program, reasons_against_network
from lab.errors import LaboratoryBroken
from lab.laboratory import Laboratory
from lab.sensors import SensorBox
from lab.signals import AskedToEnd, signals_raise
from lab.theft import Theft
from lab.waiting import wait_until

Answer = TypeVar("Answer")


class Story:
    """Prints each step with the time that it took."""

    def __init__(self) -> None:
        """Start the clock."""
        self.began = time.monotonic()
        self._number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Print a step when it is done, followed by the lines that were added to the list."""
        self._number += 1
        start = time.monotonic()
        details: list[str] = []
        yield details
        print(f"{time.monotonic() - start:6.1f} s  {self._number}. {title}", flush=True)
        for detail in details:
            print(f"            {detail}", flush=True)

    @property
    def seconds(self) -> float:
        """How long the story has taken so far."""
        return time.monotonic() - self.began


def run_demo(*, people_port: int, keep_logs: Path | None, report: bool, database_url: str | None) -> int:
    """Run the demonstration until Ctrl-C; return the exit status. With `report`, the theft is played, too.

    Without `database_url` on SQLite in the run's directory.
    """
    left_out = reasons_against_network()
    laboratory = Laboratory(
        network=not left_out, people_port=people_port, keep_logs=keep_logs, database_url=database_url
    )
    status = 0
    asked_at = time.monotonic()
    with signals_raise():
        try:
            with laboratory:
                try:
                    _tell(laboratory, left_out, report=report)
                finally:
                    asked_at = time.monotonic()
        except AskedToEnd:
            print("\nAsked to end.")
        except LaboratoryBroken as error:
            print(f"\nThe demonstration failed: {error}")
            status = 1
    print(f"{time.monotonic() - asked_at:6.1f} s  Everything is ended and cleared away.")
    return status


def _tell(laboratory: Laboratory, left_out: list[str], *, report: bool) -> None:
    story = Story()
    if left_out:
        print(f"Left out, since this is {' and '.join(left_out)}: the gateway, the sensors and their disks.")
        if not has_program("nginx"):
            print("Left out, since nginx is not installed: TLS in front of both doors.")
        with story.step("the portal: database, authority, both doors, signer, worker, beat") as details:
            laboratory.start()
            details.append(_roles_of(laboratory))
    else:
        _start_base(laboratory, story)
        _bring_sensors(laboratory, story)
        _check_reachability(laboratory, story)
        if report:
            _play_theft(laboratory, story)
    _print_what_to_try(laboratory, story)
    _watch(laboratory)


def _start_base(laboratory: Laboratory, story: Story) -> None:
    with story.step("an internet, base with its gateway, two sites behind NAT: network namespaces"):
        laboratory.build_network()
    with story.step("the portal: database, keys, authority, both doors, signer, worker, beat") as details:
        laboratory.start_portal()
        fleet = laboratory.fleet
        details.append(f"{len(fleet.customers)} customers, {len(fleet.sensors)} sensors, one gateway")
        details.append(_roles_of(laboratory))
    with story.step("the gateway enrols, its agent fetches the desired state, OpenVPN starts"):
        laboratory.start_gateway()
        laboratory.prepare_sensors()


def _roles_of(laboratory: Laboratory) -> str:
    if laboratory.portal.settings.database_url.startswith("postgresql:"):
        return "on PostgreSQL, each process as a role of its own"
    return "on SQLite, where each process can write every row; --postgres gives each a role of its own"


def _bring_sensors(laboratory: Laboratory, story: Story) -> None:
    boxes = list(laboratory.sensors.values())
    with story.step("each sensor makes its key and turns its one-time code into a certificate"):
        _on_each(boxes, SensorBox.enrol)
    with story.step("each sensor connects and gets its static address") as details:
        for box in boxes:
            box.connect()
        for box in boxes:
            box.wait_until_connected()
            details.append(f"{box.name}  {box.address:<12}  {box.facts.customer}, {box.facts.site}: {box.facts.name}")
    with story.step("each sensor encrypts its disk under a key from base and opens it again") as details:
        _on_each(boxes, SensorBox.format_disk)
        answers = _on_each(boxes, SensorBox.prove_unlock)
        details.append(f"{boxes[0].name}: {answers[0].splitlines()[-1]}")
        if not has_device_mapper():
            details.append("This kernel has no device mapper: real LUKS2 volumes, opened as a test only.")


def _on_each(boxes: list[SensorBox], action: Callable[[SensorBox], Answer]) -> list[Answer]:
    with ThreadPoolExecutor(max_workers=len(boxes)) as pool:
        return list(pool.map(action, boxes))


def _check_reachability(laboratory: Laboratory, story: Story) -> None:
    with story.step("from base every sensor answers; no sensor reaches another") as details:
        silent = [name for name, answers in laboratory.sensors_that_base_reaches().items() if not answers]
        if silent:
            raise LaboratoryBroken(f"base does not reach {', '.join(silent)}")
        if met := laboratory.sensors_that_meet():
            raise LaboratoryBroken(f"sensors reach one another: {met}")
        count = len(laboratory.sensors)
        details.append(f"{count} of {count} answer; 0 of {count * (count - 1)} pairs meet")


def _play_theft(laboratory: Laboratory, story: Story) -> None:
    theft = Theft(laboratory, laboratory.sensors["a1"])
    with story.step(f"a contact of {theft.box.facts.customer} reports a1 stolen and sees it cut off") as details:
        details.append(theft.report())
        case = theft.wait_until_cut_off()
        received = datetime.fromisoformat(case["received_at"])
        for measure in case["measures"]:
            took = datetime.fromisoformat(measure["done_at"]) - received
            details.append(
                f"{took.total_seconds() * 1000:6.0f} ms  {measure['gateway'] or 'portal'}: {measure['kind']}"
            )
    with story.step(
        "the stolen box keeps trying and is seen; its key is refused; the others noticed nothing"
    ) as details:
        sighting = theft.wait_until_seen()
        details.append(f"seen at {sighting['at']} from {sighting['source_address']}")
        details.append(f"its key, asked for with its certificate from base: {theft.key_answer()}")
        if noticed := theft.others_that_noticed():
            raise LaboratoryBroken(f"the cut-off touched {', '.join(noticed)}")


def _print_what_to_try(laboratory: Laboratory, story: Story) -> None:
    url = laboratory.portal.settings.base_url
    print(f"\nReady after {story.seconds:.0f} s.\n")
    print(f"  Portal    {url}/        staff also: {url}/admin/")
    if laboratory.with_network:
        print(f"  Machines  {laboratory.portal.settings.machines_door_url} inside the laboratory")
    elif has_program("nginx"):
        print(f"  Machines  {laboratory.portal.settings.machines_door_url}")
    print("  Sign in   as (in service, staff and managers need a second factor; here it is only offered)")
    for login in laboratory.fleet.logins:
        print(f"            {login.email:<34} {login.password:<24} {login.role}")
    print(f"  Mails     {laboratory.portal.settings.state / 'mail'}")
    print(f"  Logs      {laboratory.directory.logs}")
    if laboratory.sensors:
        stolen = laboratory.sensors["a2"]
        print(f"\n  Try: sign in as {stolen.facts.customer}'s contact, choose {stolen.facts.name}, report it")
        print("  stolen and watch the case. The stolen box keeps trying: its attempts appear there as sightings.")
        print("  The other sensors stay connected.")
        print("  Then say that it was found: on the case's page the operator asks to give it back, and the customer's")
        print("  manager agrees. With a new code (admin, the sensor, Enrolment code) the box comes back after")
        print(f"    {stolen.command_to_enrol_again()}")
        # Its OpenVPN goes on with the certificate that it has in memory.
        print(f"    ip netns pids {stolen.host.name} | xargs kill")
        print(f"  Look inside:  ip netns exec {laboratory.host('base').name} ping {stolen.address}")
    print("\nCtrl-C ends everything and leaves nothing behind.", flush=True)


def _watch(laboratory: Laboratory) -> None:
    # No time-out is too long here: the end is a signal, or a program that dies.
    ended = wait_until(laboratory.processes.first_ended, what="Ctrl-C", timeout=float("inf"), interval=0.5)
    raise LaboratoryBroken(ended.describe_end())

"""The part of the story that a person plays: a contact reports a box stolen and watches its case."""

import subprocess
from typing import Any

from lab.errors import LaboratoryBroken
from lab.laboratory import Laboratory
from lab.sensors import SensorBox
from lab.visitor import Visitor
from lab.waiting import wait_until

# Once it was killed, OpenVPN's client notices only when its keep-alive runs out (20 s), and then tries again.
SIGHTING_TIMEOUT = 90


class Theft:
    """One report of one box, by HTTP as a browser would send it."""

    def __init__(self, laboratory: Laboratory, box: SensorBox) -> None:
        """Sign in as a contact of the box's customer."""
        self._laboratory = laboratory
        self.box = box
        role = f"contact of {box.facts.customer}"
        login = next(login for login in laboratory.fleet.logins if login.role == role)
        self._contact = Visitor(laboratory.portal.settings.base_url)
        self._contact.sign_in(login.email, login.password)
        self._handshakes = {name: handshakes(other) for name, other in self._others().items()}

    def report(self) -> str:
        """Report the box stolen; return its case's address."""
        sensors = self._contact.json("/api/v1/sensors/")["results"]
        sensor = next(sensor for sensor in sensors if sensor["subject"] == self.box.subject)
        return self._contact.post(f"/sensors/{sensor['id']}/report/", kind="stolen")

    def wait_until_cut_off(self) -> dict[str, Any]:
        """Wait until every gateway has confirmed; return the case."""
        return wait_until(
            lambda: self.case() if self.case()["confirmed_at"] else None, what="the case to say cut off", timeout=30
        )

    def wait_until_seen(self) -> dict[str, Any]:
        """Wait until the box was seen trying; return the sighting."""

        def seen() -> dict[str, Any] | None:
            # Without the decision's own sightings: those come through the tunnel that is gone.
            sightings = [each for each in self.case()["sightings"] if not each["source_address"].startswith("10.")]
            return sightings[-1] if sightings else None

        return wait_until(seen, what="a sighting of the stolen box", timeout=SIGHTING_TIMEOUT, interval=0.5)

    def case(self) -> dict[str, Any]:
        """The box's case as the contact sees it."""
        cases = self._contact.json("/api/v1/cases/")["results"]
        return dict(next(case for case in cases if self.box.subject == self._subject_of(case["sensor"])))

    def others_that_noticed(self) -> list[str]:
        """Name the other boxes that do not answer or had to shake hands again: there must be none."""
        answers = self._laboratory.sensors_that_base_reaches()
        return [
            name
            for name, other in self._others().items()
            if not answers[name] or handshakes(other) != self._handshakes[name]
        ]

    def key_answer(self) -> int:
        """Ask for the box's key with its certificate, from base, where no tunnel is needed; return the status."""
        url = f"{self._laboratory.portal.settings.machines_door_url}/v1/disk-key"
        command = ["curl", "-sS", "-X", "POST", "-o", "/dev/null", "-w", "%{http_code}", url]
        for option, file in (("--cert", "client.crt"), ("--key", "client.key"), ("--cacert", "ca.crt")):
            command += [option, str(self.box.directory / file)]
        inside = self._laboratory.host("base").enter(command)
        done = subprocess.run(inside, capture_output=True, text=True, timeout=30, check=False)
        if done.returncode != 0:
            raise LaboratoryBroken(f"the machines' door did not answer: {done.stderr.strip()}")
        return int(done.stdout)

    def _subject_of(self, sensor: str) -> str:
        return str(self._contact.json(f"/api/v1/sensors/{sensor}/")["subject"])

    def _others(self) -> dict[str, SensorBox]:
        return {name: other for name, other in self._laboratory.sensors.items() if other is not self.box}


def handshakes(box: SensorBox) -> int:
    """Count how often the box's tunnel has come up."""
    if box.openvpn is None:
        return 0
    return box.openvpn.log.read_text(errors="replace").count("Initialization Sequence Completed")

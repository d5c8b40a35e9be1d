"""What a box is told at its enrolment, and may ask for again: everything in it may change at base."""

import hashlib
from dataclasses import dataclass

from sensors.artifacts.facts import SensorFacts
from sensors.artifacts.openvpn import client_conf


@dataclass(frozen=True, slots=True)
class BoxSettings:
    """None of it is a secret, and none of it is about another box."""

    machines_door_url: str
    address: str
    underlay: str
    openvpn_config: str

    def members(self) -> dict[str, str]:
        return {
            "machines_door_url": self.machines_door_url,
            "address": self.address,
            "underlay": self.underlay,
            "openvpn_config": self.openvpn_config,
        }

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal, which a box makes of its own files, too (`sensor-kit/lib/settings_answer.sh`)."""
        text = f"nsmaas settings v1\n{self.machines_door_url}\n{self.address}\n{self.underlay}\n{self.openvpn_config}"
        return hashlib.sha256(text.encode()).hexdigest()


def box_settings(sensor: SensorFacts, *, machines_door_url: str) -> BoxSettings:
    return BoxSettings(
        machines_door_url=machines_door_url,
        address=str(sensor.address),
        underlay=str(sensor.gateway.network),
        openvpn_config=client_conf(sensor),
    )

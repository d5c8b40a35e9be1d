"""A thief of the nginx that the internet speaks to does not speak for machines: it cannot open their sockets.

What opens such a socket and names a box's certificate and address gets that box's disk key.
"""

import os
import subprocess
from collections.abc import Iterator

import pytest

from lab.laboratory import Laboratory
from lab.nginx import USERS

pytestmark = pytest.mark.root

OPEN = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


@pytest.fixture(scope="module")
def lab() -> Iterator[Laboratory]:
    with Laboratory(network=False, people_port=8500 + os.getpid() % 400) as made:
        made.start()
        yield made


def opens(lab: Laboratory, user: str, socket: str) -> str:
    """How it ended for that user: nothing said, or the last line of the complaint."""
    path = str(lab.portal.socket_of(socket))
    command = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "/usr/bin/python3", "-c", OPEN, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr.splitlines() or [""])[-1]


@pytest.mark.parametrize("door", ["people", "machines"])
def test_each_nginx_opens_the_sockets_of_its_own_door_alone(lab: Laboratory, door: str):
    for socket in ("people", "machines-sensors", "machines-gateways", "machines-reports"):
        ended = opens(lab, USERS[door], socket)
        assert ("PermissionError" in ended) == (not socket.startswith(door)), ended
        assert bool(ended) == (not socket.startswith(door)), ended


def test_the_doors_are_open_through_their_own_nginx(lab: Laboratory):
    """As they would not be if nobody could open a socket."""
    command = ["curl", "-sk", "-m", "10", f"{lab.portal.settings.machines_door_url}/v1/disk-key"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "certificate-refused" in answer

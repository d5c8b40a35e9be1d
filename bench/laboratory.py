"""The laboratory as a benchmark needs it: portal and network are there, and this process is a signer of that portal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.portal_process import be
from bench.run import Run
from lab.laboratory import Laboratory
from lab.namespaces import Namespace
from lab.nginx import Instance, reserve_for_nginx, start_nginx
from lab.portal import CHECKOUT, accepts
from lab.process import Process
from lab.topology import BASE_INSIDE

PEOPLE_PORT = 8600


@contextmanager
def bench_laboratory(run: Run, *, machine_rate_factor: int = 1000) -> Iterator[Laboratory]:
    """Both doors, signer, worker, beat and nginx run; the gateway and the boxes of the demonstration do not.

    Each machine may call as often as so many in service: few stand for many here.
    """
    if os.geteuid() != 0:
        raise SystemExit("bench: this group needs root, for network namespaces")
    # Where to copy the logs at the end, for when a benchmark fails.
    logs = os.environ.get("NSMAAS_BENCH_LOGS")
    with Laboratory(
        database_url=run.database_url,
        broker_url=run.broker_url,
        people_port=PEOPLE_PORT,
        keep_logs=Path(logs) if logs else None,
        machine_rate_factor=machine_rate_factor,
    ) as lab:
        lab.build_network()
        lab.start_portal()
        # With a signer's secrets, but as the owner of the tables: it plays the parts of several processes.
        be("signer", lab.portal.settings.environment_of("signer") | {"DATABASE_URL": run.database_url})
        yield lab


def keys_held(lab: Laboratory) -> int:
    """How many requests for a key were told to ask again, as happens on a busy machine; by nginx' log of the door."""
    log = (lab.directory.logs / "nginx-sensors-access.log").read_text()
    return sum('"POST /v1/disk-key ' in line and line.split('" ')[1].startswith("423 ") for line in log.splitlines())


def answer_locally(host: Namespace, network: str) -> None:
    """Every address of the network becomes one of the host's own, so that programs on it may ask from any of them."""
    host.ip(f"route add local {network} dev lo")


def stop_answering_locally(host: Namespace, network: str) -> None:
    """From now on these addresses are others' again."""
    host.ip(f"route del local {network} dev lo")


def start_empty_door(lab: Laboratory, port: int) -> Process:
    """A second machines' door with an empty view: gunicorn and nginx exactly as the portal's own."""
    sockets = lab.directory.subdirectory("empty-sockets", mode=0o700)
    own = lab.portal.running["machines-sensors"]
    sensors = sockets / "machines-sensors.sock"
    command = [
        {
            "portal.wsgi_machines:application": "bench.empty_view:application",
            f"unix:{lab.portal.socket_of('machines-sensors')}": f"unix:{sensors}",
        }.get(word, word)
        for word in Path(f"/proc/{own.pid}/cmdline").read_text().rstrip("\0").split("\0")
    ]
    if "bench.empty_view:application" not in command or f"unix:{sensors}" not in command:
        raise RuntimeError("the machines' door is not started as this benchmark expects")
    process = lab.processes.start("empty-door", command, cwd=CHECKOUT)
    lab.processes.wait_for(lambda: accepts(sensors), of=process, what="the empty door to answer")
    reserve_for_nginx(sockets, "machines")
    start_nginx(
        Instance("empty", "machines", f"{BASE_INSIDE}:{port}", lab.certificates, sockets),
        processes=lab.processes,
        directory=lab.directory.subdirectory("nginx-empty"),
        logs=lab.directory.subdirectory("empty-logs", mode=0o700),
        host=lab.host("base"),
    )
    return process

"""Disk keys given out: nginx with mutual TLS, gunicorn, PostgreSQL with fsync, and the real agent, which is asked about
each box's tunnel; one audited, committed release each.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.cpu import ProcessorTime, postgres_pid
from bench.key_clients import Asked, KeyClient, asking
from bench.laboratory import answer_locally, bench_laboratory, keys_held, start_empty_door, stop_answering_locally
from bench.rows import Row
from bench.run import Run
from lab.laboratory import Laboratory
from lab.process import Process
from lab.topology import BASE_INSIDE

if TYPE_CHECKING:
    from tenants.models import Site

SMALL_NETWORK, LARGE_NETWORK = "10.98.0.0/16", "10.99.0.0/16"
CUSTOMERS = 8
CLIENTS = (1, 8, 32)
# All of a large gateway's boxes, after a power cut.
BURST = 2000
EMPTY_PORT = 8445
KEY_URL = f"https://{BASE_INSIDE}:8443/v1/disk-key"


def measure(run: Run) -> Iterator[Row]:
    """The rates first, then the limit that the handshake sets. At a large gateway: a rate, all boxes at once, and one
    box's own time.
    """
    with bench_laboratory(run) as lab:
        from bench.burst import burst_rows
        from bench.key_gateway import key_gateway
        from bench.people_and_places import make_sites
        from bench.unlocking import client_row

        sites = make_sites(CUSTOMERS, 1)
        small = _Bench(lab, run, "small", SMALL_NETWORK, sites, boxes=max(CLIENTS))
        with key_gateway(lab, small.gateway, small.boxes):
            yield from small.rates()
            yield small.limit()
        large = _Bench(lab, run, "large", LARGE_NETWORK, sites, boxes=run.size(BURST, 40))
        with key_gateway(lab, large.gateway, large.boxes):
            yield large.rate_at_a_large_gateway()
            yield from burst_rows(lab, large.clients, KEY_URL)
            stop_answering_locally(lab.host("base"), LARGE_NETWORK)
            yield client_row(lab, run, large.boxes)


class _Bench:
    """One gateway's boxes, of several customers, each enrolled, that ask from their own underlay addresses."""

    def __init__(self, lab: Laboratory, run: Run, name: str, network: str, sites: "list[Site]", *, boxes: int) -> None:
        from bench.enrolled_boxes import enrol_boxes
        from bench.people_and_places import make_gateway

        answer_locally(lab.host("base"), network)
        self.lab, self.seconds, self.warm_up = lab, run.size(10, 2), run.size(3, 1)
        self.gateway = make_gateway(network=network, name=f"gateway-{name}")
        self.boxes = enrol_boxes(gateway=self.gateway, sites=sites, count=boxes, prefix=name)
        folder = lab.directory.subdirectory(f"boxes-{name}", mode=0o700)
        self.empty_door: Process | None = None
        self.clients = [box.as_key_client(folder) for box in self.boxes]

    def rates(self) -> Iterator[Row]:
        before, held_before = self._released(), keys_held(self.lab)
        asked = [self._ask(self.clients[: max(CLIENTS)], KEY_URL, self.warm_up)[0]]
        for count in CLIENTS:
            result, facts = self._ask(self.clients[:count], KEY_URL, self.seconds)
            asked.append(result)
            yield Row(f"disk_key.rate_{count}", result.per_second, "1/s", result.requests, facts)
        yield Row("disk_key.p99_ms_32", result.percentile(99), "ms", result.requests, facts)
        held, refused = keys_held(self.lab) - held_before, sum(one.refused for one in asked)
        # Of each client the last request may have been cut off at the end of its time, after its answer was logged.
        errors = sum(one.failed for one in asked) + max(refused - held, 0)
        yield Row("disk_key.errors", errors, "requests", sum(one.requests for one in asked), {"held": refused - errors})
        # Or after its release.
        released, answered = self._released() - before, sum(one.requests for one in asked) - refused
        if not answered <= released <= answered + sum((max(CLIENTS), *CLIENTS)):
            raise RuntimeError(f"{answered} keys arrived, but {released} releases are on record")
        self._verify_audit()

    def rate_at_a_large_gateway(self) -> Row:
        """As `rate_32`, while OpenVPN has many more boxes to tell of."""
        clients = self.clients[: max(CLIENTS)]
        self._ask(clients, KEY_URL, self.warm_up)
        held_before = keys_held(self.lab)
        result, facts = self._ask(clients, KEY_URL, self.seconds)
        facts |= {"sessions": len(self.boxes), "held": keys_held(self.lab) - held_before}
        name = f"disk_key.rate_{len(clients)}_of_{len(self.boxes)}"
        return Row(name, (result.requests - result.refused) / self.seconds, "1/s", result.requests, facts)

    def limit(self) -> Row:
        self.empty_door = start_empty_door(self.lab, EMPTY_PORT)
        url = f"https://{BASE_INSIDE}:{EMPTY_PORT}/v1/disk-key"
        clients = self.clients[: max(CLIENTS)]
        self._ask(clients, url, self.warm_up)
        result, facts = self._ask(clients, url, self.seconds)
        if errors := result.failed + result.refused:
            raise RuntimeError(f"{errors} requests to the empty view failed")
        return Row(f"disk_key.limit_{len(clients)}", result.per_second, "1/s", result.requests, facts)

    def _ask(self, clients: list[KeyClient], url: str, seconds: int) -> tuple[Asked, dict[str, object]]:
        used = ProcessorTime(self._programs())
        with asking(self.lab.host("base"), clients, url, seconds=seconds) as running:
            result = running.wait()
        spent = {name: round(own * 1000 / max(result.requests, 1), 2) for name, own in used.since().items()}
        spent = {name: own for name, own in spent.items() if own > 0.01}
        facts: dict[str, object] = {
            "clients": len(clients),
            "customers": min(len(clients), CUSTOMERS),
            "p50_ms": result.percentile(50),
            "p99_ms": result.percentile(99),
            "cpu_ms_per_request": {**spent, "client": round(result.client_cpu_ms, 2)},
        }
        return result, facts

    def _programs(self) -> dict[str, list[int]]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            [data_directory] = cursor.fetchone()
        programs = {name: [process.pid] for name, process in self.lab.portal.running.items()}
        programs["agent"] = [process.pid for process in self.lab.processes.named("gateway-agent")]
        if self.empty_door:
            programs["empty-door"] = [self.empty_door.pid]
        return {**programs, "postgres": [postgres_pid(data_directory)], "nginx": self._nginx()}

    def _nginx(self) -> list[int]:
        return [int(file.read_text()) for file in self.lab.directory.path.glob("nginx-*/nginx.pid")]

    def _released(self) -> int:
        from sensors.keys.release_decision import Outcome
        from sensors.models import DiskKeyRelease

        return DiskKeyRelease.objects.filter(outcome=Outcome.RELEASED).count()

    def _verify_audit(self) -> None:
        from tenants.audit.verify_audit import verify_audit
        from tenants.models import AuditChain

        for chain in AuditChain.objects.all():
            verify_audit(chain=chain)

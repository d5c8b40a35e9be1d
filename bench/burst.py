"""All boxes of a large fleet ask for their keys at the same moment."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence

from bench.key_clients import KeyClient
from bench.rows import Row, percentile
from lab.laboratory import Laboratory
from lab.portal import CHECKOUT
from lab.processes import MINIMAL_ENVIRONMENT

# Each box has a socket of its own.
FILES = 16_384


def burst_rows(lab: Laboratory, clients: Sequence[KeyClient], url: str) -> Iterator[Row]:
    """How long until the last has its key, the slowest hundredth, and how many requests went wrong."""
    file = lab.directory.path / "burst.json"
    file.write_text(json.dumps({"url": url, "boxes": [[str(each.pem), each.address] for each in clients]}))
    done = subprocess.run(
        lab.host("base").enter([sys.executable, "-m", "bench.burst_client", str(file)]),
        cwd=CHECKOUT,
        env=MINIMAL_ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)),
    )
    result = json.loads(done.stdout)
    name, n = f"disk_key.burst_{len(clients)}", len(clients)
    facts: dict[str, object] = {
        "asked": result["asked"],
        "p50_ms": round(percentile(result["milliseconds"], 50)) if result["milliseconds"] else None,
        **({"first_errors": result["errors"][:3]} if result["errors"] else {}),
    }
    yield Row(f"{name}_s", result["seconds"], "s", n, facts)
    yield Row(f"{name}_p99_ms", percentile(result["milliseconds"] or [0.0], 99), "ms", n)
    yield Row(f"{name}_errors", len(result["errors"]), "requests", n)

"""Debian's easy-rsa: a shell script around OpenSSL, with a text file as its database."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.csrs import make_csr, make_key
from bench.rows import Row, median_row
from bench.stopwatch import milliseconds_of

PROGRAM = Path("/usr/share/easy-rsa/easyrsa")
NEEDS = {"easy-rsa": PROGRAM}
OPTIONS = {"EASYRSA_ALGO": "ec", "EASYRSA_CURVE": "prime256v1", "EASYRSA_BATCH": "1", "EASYRSA_REQ_CN": "Benchmark CA"}


def issue(*, quick: bool) -> Iterator[Row]:
    """`sign-req` of a request that was imported before: the CSR is there, the certificate is not."""
    with tempfile.TemporaryDirectory(prefix="nsm-bench-") as folder:
        _create(folder)
        names = [f"box-{number}" for number in range(2 if quick else 20)]
        for name in names:
            Path(folder, "pki", "reqs", f"{name}.req").write_text(make_csr(make_key()))
        taken = [milliseconds_of(partial(_run, folder, "sign-req", "client", name)) for name in names]
    yield median_row("peer.easy-rsa.issue_certificate.ms", taken)


def crl(*, quick: bool) -> Iterator[Row]:
    """`gen-crl` with so many revoked certificates in its index."""
    for size in (100, 200) if quick else (1_000, 10_000, 100_000):
        with tempfile.TemporaryDirectory(prefix="nsm-bench-") as folder:
            _create(folder)
            lines = [
                f"R\t350101000000Z\t260101000000Z,keyCompromise\t{number:032X}\tunknown\t/CN=box-{number}\n"
                for number in range(1, size + 1)
            ]
            Path(folder, "pki", "index.txt").write_text("".join(lines))
            taken = [milliseconds_of(partial(_run, folder, "gen-crl")) for _ in range(2 if quick else 7)]
            _check(Path(folder, "pki", "crl.pem"), size)
        yield median_row(f"peer.easy-rsa.crl.ms_{size}", taken)


def _create(folder: str) -> None:
    _run(folder, "init-pki")
    _run(folder, "build-ca", "nopass")


def _run(folder: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(PROGRAM), *arguments],
        cwd=folder,
        env={**os.environ, **OPTIONS, "EASYRSA_PKI": str(Path(folder, "pki"))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"easyrsa {arguments[0]} failed:\n{done.stderr.strip()}")


def _check(path: Path, size: int) -> None:
    shown = subprocess.run(
        ["openssl", "crl", "-in", str(path), "-noout", "-text"], capture_output=True, text=True, check=True
    )
    if (found := shown.stdout.count("Serial Number: ")) != size:
        raise RuntimeError(f"easy-rsa's list has {found} entries instead of {size}")

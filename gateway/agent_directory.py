"""Where the agent keeps its files, and with which modes.

OpenVPN runs with `--cd DIRECTORY`, so names in server.conf are relative to it. After its privilege drop it must still
read ccd/ and crl/: if it cannot read crl/, `crl-verify crl dir` lets revoked certificates pass.
"""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DIRECTORY = Path("/var/lib/nsm-gateway")
PUBLIC_DIRECTORY_MODE = 0o755


@dataclass(frozen=True)
class AgentDirectory:
    """The paths of all files below one directory."""

    root: Path

    @property
    def server_conf(self) -> Path:
        return self.root / "server.conf"

    @property
    def server_tcp_conf(self) -> Path:
        """There as long as boxes may come in by TCP."""
        return self.root / "server-tcp.conf"

    @property
    def ccd(self) -> Path:
        return self.root / "ccd"

    @property
    def crl(self) -> Path:
        return self.root / "crl"

    @property
    def state(self) -> Path:
        return self.root / "state.json"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox.json"

    @property
    def metrics(self) -> Path:
        return self.root / "metrics.prom"

    @property
    def enrolment(self) -> Path:
        return self.root / "gateway.json"

    @property
    def certificate(self) -> Path:
        return self.root / "gateway.crt"

    @property
    def key(self) -> Path:
        return self.root / "gateway.key"

    @property
    def next_key(self) -> Path:
        return self.root / "gateway.key.next"

    @property
    def next_csr(self) -> Path:
        return self.root / "gateway.csr.next"

    @property
    def next_certificate(self) -> Path:
        return self.root / "gateway.crt.next"

    @property
    def old_key(self) -> Path:
        return self.root / "gateway.key.old"

    @property
    def old_certificate(self) -> Path:
        return self.root / "gateway.crt.old"

    @property
    def renewal_lock(self) -> Path:
        return self.root / "renewal.lock"

    @property
    def csr(self) -> Path:
        return self.root / "gateway.csr"

    @property
    def ca(self) -> Path:
        return self.root / "ca.crt"

    @property
    def tls_crypt_key(self) -> Path:
        return self.root / "tls-crypt-v2-server.key"

    @property
    def other_forwarding(self) -> Path:
        return self.root / "other-forwarding"

    @property
    def management_socket(self) -> Path:
        return self.root / "management.sock"

    @property
    def tcp_management_socket(self) -> Path:
        return self.root / "management-tcp.sock"

    def prepare(self) -> list[str]:
        """Makes the directories and repairs their modes; the answer names those that were wrong."""
        repaired = []
        for path in (self.root, self.ccd, self.crl):
            path.mkdir(mode=PUBLIC_DIRECTORY_MODE, exist_ok=True)
            if path.stat().st_mode & 0o7777 != PUBLIC_DIRECTORY_MODE:
                os.chmod(path, PUBLIC_DIRECTORY_MODE)
                repaired.append(path.name)
        return repaired

"""This process as one of the portal's: settings, secrets and authority. Call it before anything imports a model."""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.run import Run


@contextmanager
def portal_process(kind: str, run: Run, different: Mapping[str, str] | None = None) -> Iterator[None]:
    """Be `people`, `signer`, ... with a state directory of its own. A signer makes a key-encryption key and a CA.

    `different` names settings that are not as they are in service.
    """
    with tempfile.TemporaryDirectory(prefix="nsm-bench-") as state:
        be(
            kind,
            {
                "DATABASE_URL": run.database_url,
                "NSMAAS_STATE_DIR": state,
                "NSMAAS_SECRET_KEY": secrets.token_urlsafe(48) if kind == "people" else "",
                "NSMAAS_CA_PASSPHRASE": secrets.token_urlsafe(48) if kind == "signer" else "",
                "NSMAAS_CA_KEY_FILE": str(Path(state, "ca.key")) if kind == "signer" else "",
                "CELERY_BROKER_URL": run.broker_url,
                **(different or {}),
            },
        )
        if kind == "signer":
            _make_keys(Path(state, "ca.key"))
        yield


def be(kind: str, environment: dict[str, str]) -> None:
    """Start Django with an environment that names everything it needs."""
    os.environ.update(environment | {"NSMAAS_PROCESS": kind, "DJANGO_SETTINGS_MODULE": "portal.settings"})
    import django

    django.setup()
    # Celery's application, which the operations wake workers through.
    import portal.celery  # noqa: F401


def _make_keys(key_file: Path) -> None:
    from django.conf import settings

    from pki.authority.operations.create_authority import create_authority
    from pki.escrow.envelope import generate_key_encryption_key

    settings.KEY_ENCRYPTION_KEY = generate_key_encryption_key().to_text()
    create_authority(
        name="underlay", common_name="Benchmark CA", key_file=key_file, passphrase=settings.CA_PASSPHRASE or ""
    )

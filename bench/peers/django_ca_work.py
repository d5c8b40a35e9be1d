"""Run by the Python of django-ca's own environment: prints its milliseconds as JSON. Knows nothing of the portal."""

import json
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BATCH = 5_000


def main(what: str, folder: str, database: str, numbers: list[int]) -> None:
    """`numbers` are how often to issue, or the sizes of the revocation lists and how often to make each."""
    _configure(Path(folder), json.loads(database))
    authority = _create_authority()
    if what == "issue":
        result: Any = _issue(authority, numbers[0])
    else:
        result = {size: _crl(authority, size, numbers[-1]) for size in numbers[:-1]}
    sys.stdout.write(json.dumps(result))


def _configure(folder: Path, database: dict[str, str]) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        USE_TZ=True,
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_ca"],
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}},
            "django-ca": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(folder)},
            },
        },
        ROOT_URLCONF="__main__",
        CA_DEFAULT_HOSTNAME="ca.example.com",
        CA_USE_CELERY=False,
    )
    django.setup()
    from django.urls import include, path

    # The addresses that it writes into certificates come from its own urlconf.
    globals()["urlpatterns"] = [path("", include("django_ca.urls"))]
    call_command("migrate", verbosity=0)


def _create_authority() -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID
    from django_ca.key_backends import key_backends  # type: ignore[import-not-found]
    from django_ca.key_backends.storages.models import (  # type: ignore[import-not-found]
        StoragesCreatePrivateKeyOptions,
    )
    from django_ca.models import CertificateAuthority  # type: ignore[import-not-found]

    options = StoragesCreatePrivateKeyOptions(key_type="EC", password=None, path=Path("ca"), elliptic_curve="secp256r1")
    return CertificateAuthority.objects.init(
        name="bench",
        key_backend=key_backends["default"],
        key_backend_options=options,
        key_type="EC",
        subject=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Benchmark CA")]),
        not_after=datetime.now(UTC) + timedelta(days=3650),
    )


def _use_key() -> Any:
    from django_ca.key_backends.storages.models import StoragesUsePrivateKeyOptions

    return StoragesUsePrivateKeyOptions(password=None)


def _issue(authority: Any, count: int) -> list[float]:
    taken = []
    for number in range(count):
        csr = _csr()
        subject = _name(f"box-{number}.example.com")
        taken.append(_milliseconds_of(lambda csr=csr, subject=subject: _create(authority, csr, subject)))  # type: ignore[misc]
    # The first few load and compile what the others find ready.
    return taken[min(5, count - 1) :]


def _create(authority: Any, csr: Any, subject: Any) -> Any:
    from django_ca.models import Certificate

    return Certificate.objects.create_cert(authority, _use_key(), csr, subject=subject)


def _crl(authority: Any, size: int, times: int) -> list[float]:
    from django_ca.models import Certificate, CertificateRevocationList

    model = _create(authority, _csr(), _name("revoked.example.com"))
    missing = size - Certificate.objects.filter(revoked=True).count()
    now = datetime.now(UTC)
    for start in range(0, missing, BATCH):
        Certificate.objects.bulk_create(
            Certificate(
                ca=authority,
                pub=model.pub,
                csr=model.csr,
                cn=model.cn,
                serial=f"{secrets.randbits(158) | 1 << 158:X}",
                not_before=model.not_before,
                not_after=model.not_after,
                revoked=True,
                revoked_date=now,
                revoked_reason="key_compromise",
            )
            for _ in range(min(BATCH, missing - start))
        )

    def make() -> None:
        CertificateRevocationList.objects.create_certificate_revocation_list(
            ca=authority, key_backend_options=_use_key()
        )

    return [_milliseconds_of(make) for _ in range(times if size < 100_000 else 1)]


def _csr() -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    return x509.CertificateSigningRequestBuilder().subject_name(_name("bench")).sign(key, hashes.SHA256())


def _name(text: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _milliseconds_of(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1000


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], [int(word) for word in sys.argv[4:]])

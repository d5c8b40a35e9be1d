"""Thousands of sensors as rows, without an operation for each: they are only the background of a measurement."""

import secrets
from datetime import timedelta

from django.utils import timezone

from bench.csrs import make_csr, make_key
from pki.authority.signers import configured_signer
from pki.authority.x509 import Profile, build_certificate, check_csr
from pki.models import Authority, Certificate
from sensors.models import Gateway, GatewayContact, GatewaySlot, Sensor, SensorContact, Session, UnderlayAddress
from sensors.states import SensorState
from tenants.models import Site

BATCH = 2_000


def make_sensors(*, gateway: Gateway, sites: list[Site], count: int, called: str = "box") -> list[Sensor]:
    """Sensors in service, spread over the sites. Without certificates, so their gateway does not let them in.

    Those of two gateways are to be `called` differently.
    """
    first = gateway.next_address_offset
    now = timezone.now()
    addresses = UnderlayAddress.objects.bulk_create(
        (
            UnderlayAddress(
                gateway=gateway,
                address=str(gateway.underlay.network_address + first + number),
                allocated_at=now,
            )
            for number in range(count)
        ),
        batch_size=BATCH,
    )
    Gateway.objects.filter(pk=gateway.pk).update(next_address_offset=first + count, generation=gateway.generation + 1)
    gateway.refresh_from_db()
    sensors = Sensor.objects.bulk_create(
        (
            Sensor(
                site=sites[number % len(sites)],
                gateway=gateway,
                name=f"{called}-{first + number}",
                description="grey box in rack 2",
                state=SensorState.IN_SERVICE,
                underlay_address=address,
            )
            for number, address in enumerate(addresses)
        ),
        batch_size=BATCH,
    )
    GatewaySlot.objects.bulk_create(
        (GatewaySlot(gateway=gateway, sensor=sensor, generation=gateway.generation) for sensor in sensors),
        batch_size=BATCH,
    )
    return sensors


def connect(*, gateway: Gateway, sensors: list[Sensor], public_address: str) -> None:
    """As if the gateway had reported them all, and each its disk open."""
    now = timezone.now()
    GatewayContact.objects.get_or_create(gateway=gateway, defaults={"last_report_at": now})
    SensorContact.objects.bulk_create(
        (SensorContact(sensor=sensor, last_heartbeat_at=now, disk="open", kit_version="1") for sensor in sensors),
        batch_size=BATCH,
    )
    Session.objects.bulk_create(
        (
            Session(
                sensor=sensor,
                gateway=gateway,
                public_address=public_address,
                underlay_address=sensor.address,
                since=now,
                reported_at=now,
            )
            for sensor in sensors
        ),
        batch_size=BATCH,
    )


def certify(sensors: list[Sensor]) -> None:
    """A real certificate for each, all for one key: nobody connects with these."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    authority, signer, now = Authority.objects.current(), configured_signer(), timezone.now()
    issuer, csr = authority.certificate, check_csr(make_csr(make_key()))
    rows = []
    for sensor in sensors:
        certificate = build_certificate(
            profile=Profile.SENSOR,
            subject=sensor.subject,
            csr=csr,
            issuer=issuer,
            signing_key=signer.signing_key,
            now=now,
        )
        rows.append(
            Certificate(
                authority=authority,
                serial=str(certificate.serial_number),
                subject=sensor.subject,
                profile=Profile.SENSOR.value,
                not_before=certificate.not_valid_before_utc,
                not_after=certificate.not_valid_after_utc,
                der=certificate.public_bytes(Encoding.DER),
                fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
            )
        )
    Certificate.objects.bulk_create(rows, batch_size=BATCH)


def certify_in_name(size: int = 700) -> None:
    """A row of a certificate for each sensor that has none, of so many bytes and good for 80 days: nobody reads it."""
    authority, _ = Authority.objects.get_or_create(name="bench", defaults={"certificate_der": b""})
    now = timezone.now()
    known = set(Certificate.objects.values_list("subject", flat=True))
    Certificate.objects.bulk_create(
        (
            Certificate(
                authority=authority,
                serial=str(secrets.randbits(120)),
                subject=subject,
                profile=Profile.SENSOR.value,
                not_before=now,
                not_after=now + timedelta(days=80),
                der=secrets.token_bytes(size),
                fingerprint=secrets.token_hex(32),
            )
            for subject in Sensor.objects.order_by().values_list("subject", flat=True)
            if subject not in known
        ),
        batch_size=BATCH,
    )


def misplace(count: int) -> None:
    """So many boxes, the same each time, come from where nobody expects them."""
    names = [f"box-{number}" for number in range(2, 2 + count)]
    Session.objects.filter(sensor__name__in=names).update(public_address="203.0.113.99")


def analyse() -> None:
    """As autovacuum would have done by the time a fleet has grown so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")

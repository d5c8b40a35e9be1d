"""Fill an empty database as a provider's would be after a while, for `script/freeze`.

`python -m tests.support.upgrade.fill`, by the product's own operations. Prints what must still be so in years, as JSON:
who has which password, which key opens which disk, how long each chain is.
"""

import hashlib
import io
import json
import sys
from typing import Any

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("create_authority", "main", "--common-name", "Frozen", stdout=io.StringIO())
    shown = io.StringIO()
    call_command("seed_demo", stdout=shown)
    json.dump(_fill(json.loads(shown.getvalue())), sys.stdout, indent=1, sort_keys=True)


def _fill(seeded: dict[str, Any]) -> dict[str, Any]:
    from allauth.mfa.models import Authenticator
    from django.utils import timezone

    from accounts.factor_secrets import seal
    from pki.authority.operations.publish_crl import publish_crl
    from pki.authority.signers import configured_signer
    from pki.escrow.vault import get_or_create_disk_key
    from pki.models import Authority
    from sensors.cases.operations.report_loss import report_loss
    from sensors.cases.operations.retire_sensor import retire_sensor
    from sensors.enrolment.operations.request_enrolment import request_enrolment
    from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
    from sensors.models import Sensor
    from tenants.actors import Actor
    from tenants.models import AuditChain, Person
    from tests.support.fleet import new_csr

    for machine in (seeded["gateway"], *seeded["sensors"]):
        request_enrolment(code=machine["code"], csr=new_csr(), source="198.51.100.21")
    while sign_waiting_certificates():
        pass
    boxes = [Sensor.objects.get(subject=box["subject"]) for box in seeded["sensors"]]
    keys = {box.subject: hashlib.sha256(get_or_create_disk_key(subject=box.subject)).hexdigest() for box in boxes}
    people = {login["email"]: login["password"] for login in seeded["logins"]}
    report_loss(
        sensor=boxes[0],
        kind="stolen",
        reported_by=Person.objects.get(email="anna@harbour.example"),
        received_at=timezone.now(),
    )
    retire_sensor(sensor=boxes[3], retired_by=Actor.process("freeze"))
    olga = Person.objects.get(email="olga@provider.example")
    Authenticator.objects.create(user=olga, type=Authenticator.Type.TOTP, data={"secret": seal("A FACTOR")})
    publish_crl(authority=Authority.objects.current(), signer=configured_signer(), now=timezone.now(), force=True)
    return {
        "passwords": people,
        "disk_keys": keys,
        "states": {box.subject: Sensor.objects.get(pk=box.pk).state for box in boxes},
        "chains": {chain.name: chain.length for chain in AuditChain.objects.all()},
    }


if __name__ == "__main__":
    main()

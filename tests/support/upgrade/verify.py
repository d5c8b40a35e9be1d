"""Hold a migrated database against what was true when it was frozen.

`python -m tests.support.upgrade.verify EXPECTED.json`. Ends with an AssertionError that names what is not so any more.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import django


def main(expected: dict[str, Any]) -> None:
    django.setup()
    from allauth.mfa.models import Authenticator
    from cryptography import x509

    from accounts.factor_secrets import unseal
    from pki.escrow.vault import open_secret
    from pki.models import Authority, Certificate, CertificateRevocationList
    from pki.models.wrapped_key import DISK_KEY
    from sensors.models import Case, Sensor
    from tenants.audit.verify_audit import verify_audit
    from tenants.models import AuditChain, Person

    for email, password in expected["passwords"].items():
        assert Person.objects.get(email=email).check_password(password), email
    assert {sensor.subject: sensor.state for sensor in Sensor.objects.all()} == expected["states"]
    opened = {
        subject: hashlib.sha256(open_secret(purpose=DISK_KEY, subject=subject)).hexdigest()
        for subject in expected["disk_keys"]
    }
    assert opened == expected["disk_keys"]
    assert {chain.name: verify_audit(chain=chain) for chain in AuditChain.objects.all()} == expected["chains"]
    [factor] = Authenticator.objects.all()
    assert unseal(factor.data["secret"]) == "A FACTOR"
    [case] = Case.objects.all()
    assert case.called == "C-1001"
    authority = Authority.objects.current()
    for certificate in Certificate.objects.filter(authority=authority):
        x509.load_der_x509_certificate(bytes(certificate.der)).verify_directly_issued_by(authority.certificate)
    current = CertificateRevocationList.objects.latest("pk")
    revoked = x509.load_der_x509_crl(bytes(current.der))
    serials = Certificate.objects.filter(subject=case.sensor.subject).values_list("serial", flat=True)
    assert all(revoked.get_revoked_certificate_by_serial_number(int(serial)) for serial in serials)
    sys.stdout.write("all well\n")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))

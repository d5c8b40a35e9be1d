"""From a CSR that waits to a committed certificate: the signer's transaction for one box."""

from collections.abc import Iterator
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec

from bench.csrs import make_csr, make_key, prove_renewal
from bench.portal_process import portal_process
from bench.rows import Row, median_row
from bench.run import Run
from bench.stopwatch import milliseconds_of

WARM_UP = 5


def measure(run: Run) -> Iterator[Row]:
    """Enrolments and renewals, one transaction each."""
    # Renewals begin at once here.
    with portal_process("signer", run, {"NSMAAS_RENEWABLE_AFTER_PERCENT": "0"}):
        yield from _measure(run.size(200, 5))


def _measure(count: int) -> Iterator[Row]:
    from bench.people_and_places import ACTOR, PUBLIC_ADDRESS, make_gateway, make_sites
    from pki.authority.signers import configured_signer
    from pki.models import Authority, Certificate
    from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
    from sensors.enrolment.operations.request_enrolment import request_enrolment
    from sensors.enrolment.operations.request_renewal import request_renewal
    from sensors.enrolment.operations.sign_certificate import sign_certificate
    from sensors.fleet.operations.register_sensor import register_sensor
    from sensors.models import CertificateRequest, Sensor

    authority, signer = Authority.objects.current(), configured_signer()
    gateway, [site] = make_gateway(network="10.88.0.0/16"), make_sites(1, 1)

    def sign(request: CertificateRequest) -> None:
        if sign_certificate(request=request, authority=authority, signer=signer) is None:
            raise RuntimeError("the signer refused a request that it should have signed")

    def register(number: int) -> Sensor:
        return register_sensor(site=site, gateway=gateway, name=f"box-{number}", line="2.4", registered_by=ACTOR)

    def renew(sensor: Sensor, key: ec.EllipticCurvePrivateKey) -> CertificateRequest:
        csr = make_csr(make_key())
        return request_renewal(sensor=sensor, csr=csr, proof=prove_renewal(key, sensor.subject, csr))

    boxes = [(register(number), make_key()) for number in range(count + WARM_UP)]
    enrolments = [
        request_enrolment(
            code=issue_sensor_code(sensor=sensor, issued_by=ACTOR), csr=make_csr(key), source=PUBLIC_ADDRESS
        )
        for sensor, key in boxes
    ]
    enrolling = [milliseconds_of(partial(sign, request)) for request in enrolments][WARM_UP:]
    renewals = [renew(sensor, key) for sensor, key in boxes]
    renewing = [milliseconds_of(partial(sign, request)) for request in renewals][WARM_UP:]
    if Certificate.objects.count() != 2 * len(boxes):
        raise RuntimeError("not every request became a certificate")
    yield median_row("issue_certificate.ms", enrolling, what="enrolment")
    yield median_row("issue_certificate.renewal_ms", renewing, what="renewal")

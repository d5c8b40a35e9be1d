"""A sensor's next certificate, at the machines' door."""

from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse

from pki.authority.operations.check_renewal import RenewalTooEarly, RenewalUnproven
from pki.authority.x509 import CsrRefused
from sensors.enrolment.operations.request_renewal import RenewalRefused, TooManyRenewals, request_renewal
from sensors.machines.bodies import SENSOR_BYTES, json_object, text_field
from sensors.machines.identify import Caller
from sensors.machines.problems import problem
from sensors.models import Sensor


def certificate(request: HttpRequest, caller: Caller) -> HttpResponse:
    data = json_object(request, SENSOR_BYTES)
    csr, proof = text_field(data, "csr", 20_000), text_field(data, "proof", 2_000)
    try:
        row = request_renewal(sensor=cast(Sensor, caller.machine), csr=csr, proof=proof)
    except CsrRefused as error:
        return problem(400, "csr-refused", str(error))
    except RenewalTooEarly as error:
        return problem(403, "renewal-too-early", f"This certificate is good: {error}.")
    except RenewalUnproven as error:
        return problem(403, "proof-refused", f"The renewal is refused: {error}.")
    except TooManyRenewals:
        return problem(429, "too-many-renewals", "This sensor has had its certificates of today.", retry_after=3600)
    except RenewalRefused:
        return problem(403, "renewal-refused", "This sensor is not in service.")
    if row.refused_because:
        return problem(403, "renewal-refused", "The signer has refused this request.")
    if row.certificate is None:
        response = JsonResponse({"status": "waits for the signer"}, status=202)
        response["Retry-After"] = "1"
        return response
    chain = row.certificate.authority.pem
    return JsonResponse({"certificate": row.certificate.pem, "chain": chain}, status=201)

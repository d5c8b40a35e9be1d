"""Enrolment: the one call that a machine makes at the people's door, since it has no certificate yet."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from limits.budget import Budget
from pki.authority.x509 import CsrRefused
from pki.models import Certificate
from sensors.api.problems import problem
from sensors.artifacts.box_settings import box_settings
from sensors.artifacts.operations.gather_facts import sensor_facts
from sensors.enrolment.api.source_throttle import SourceThrottle, source_of
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.models import CertificateRequest
from sensors.states import CONNECTABLE

ASK_AGAIN_AFTER = 1  # seconds
# A box asks again each second until the signer is done; several may be behind one address.
TRIES = Budget("enrol", burst=60, refill=1)


class EnrolmentBody(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=200)
    csr = serializers.CharField(max_length=20_000, trim_whitespace=False)


class EnrolmentThrottle(SourceThrottle):
    """Codes have 130 random bits; this keeps guessing from costing us anything."""

    tries = TRIES


class EnrolView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (EnrolmentThrottle,)

    @extend_schema(
        request=EnrolmentBody,
        responses={
            201: OpenApiResponse(description="Signed; see docs/contracts.md."),
            202: OpenApiResponse(description="Waits for the signer: ask again with the same body."),
            400: OpenApiResponse(description="Malformed, or the CSR is at fault; the code is still good."),
            403: OpenApiResponse(description="The code is refused."),
            429: OpenApiResponse(description="Too many tries."),
        },
    )
    def post(self, request: Request) -> Response:
        body = EnrolmentBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            row = request_enrolment(**body.validated_data, source=source_of(request))
        except CsrRefused as error:
            return problem(400, "csr-refused", str(error))
        except CodeRefused:
            return _code_refused()
        if row.certificate is None:
            return Response(
                {"status": "waits for the signer"}, status=202, headers={"Retry-After": str(ASK_AGAIN_AFTER)}
            )
        return _enrolled(row, row.certificate)


def _code_refused() -> Response:
    return problem(403, "code-refused", "The code is not valid. Ask your provider for a new one.")


def _enrolled(row: CertificateRequest, certificate: Certificate) -> Response:
    common = {
        "certificate": certificate.pem,
        "chain": certificate.authority.pem,
        "subject": certificate.subject,
    }
    if row.sensor is None:
        return Response(
            {"kind": "gateway", **common, "machines_door_url": settings.MACHINES_DOOR_URL},
            status=201,
        )
    if not row.tunnel_key or row.sensor.state not in CONNECTABLE:
        # An hour has gone by, or the box was reported meanwhile.
        return _code_refused()
    return Response(
        {
            "kind": "sensor",
            **common,
            "tls_crypt_v2_client_key": row.tunnel_key,
            **box_settings(sensor_facts(row.sensor), machines_door_url=settings.MACHINES_DOOR_URL).members(),
        },
        status=201,
    )

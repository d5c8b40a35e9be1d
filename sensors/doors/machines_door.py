"""The one view of the machines' door: who calls, may they, then the call itself."""

from math import ceil

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sensors.doors.allowed_calls import ALLOWED_CALLS
from sensors.machines.bodies import MalformedBody
from sensors.machines.fair_shares import ShareUsedUp
from sensors.machines.identify import Caller, ShutOut, identify
from sensors.machines.problems import problem
from sensors.machines.rates import Rates

_RATES = Rates(factor=settings.MACHINE_RATE_FACTOR)


@csrf_exempt  # machines have no cookies; the certificate is asked anew on every connection
def door(request: HttpRequest, path: str) -> HttpResponse:
    call = ALLOWED_CALLS.get(path)
    caller = _caller(request)
    if caller is None:
        return _certificate_refused()
    if call is None or call.kind != caller.kind or call.method != request.method:
        return problem(403, "call-refused", "This machine may not make this call.")
    if not caller.is_accepted and not call.revoked_is_heard:
        return _certificate_refused()
    wait = _RATES.wait_for(machine=caller.certificate.subject, call=path, rate=call.rate)
    if wait:
        return problem(429, "too-many-calls", "This machine calls too often.", retry_after=ceil(wait))
    try:
        return call.view(request, caller)
    except MalformedBody as error:
        return problem(400, "malformed", str(error))
    except ShutOut:
        return _certificate_refused()
    except ShareUsedUp as error:
        return problem(429, "too-many-calls", str(error), retry_after=ceil(error.seconds))


def _caller(request: HttpRequest) -> Caller | None:
    try:
        return identify(request)
    except (OperationalError, InterfaceError):
        # The database was restarted since this process last asked it something. Nothing has been done yet for this
        # request, so it asks once more over a new connection, instead of testing the connection before each request.
        connection.close()
        if pool := getattr(connection, "pool", None):
            # All that wait in the pool are as dead as this one was.
            pool.check()
        return identify(request)


def _certificate_refused() -> JsonResponse:
    return problem(403, "certificate-refused", "The certificate is not known here, has expired or was revoked.")

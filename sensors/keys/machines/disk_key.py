"""A sensor's disk key, at the machines' door."""

import time
from typing import cast

from django.http import HttpRequest, HttpResponse

from sensors.keys.confirmed_sessions import NOT_ASKED, Confirmation
from sensors.keys.release_decision import ASK_AGAIN_AFTER, Outcome, Reason
from sensors.keys.session_confirmations import SessionConfirmations
from sensors.keys.together.group_commit import GroupCommit
from sensors.keys.together.operations.release_disk_keys import KeyRequest
from sensors.machines.bodies import connection_age, source_address
from sensors.machines.identify import Caller
from sensors.machines.problems import problem
from sensors.models import Sensor

# One of each for the process, as all its threads share them.
_RELEASES = GroupCommit()
_CONFIRMATIONS = SessionConfirmations()
_WORDS = {
    Reason.CASE_OPEN: "This sensor was reported lost or stolen.",
    Reason.NOT_IN_SERVICE: "This sensor is not in service.",
    Reason.CERTIFICATE_REVOKED: "The certificate was revoked.",
    Reason.CERTIFICATE_NOT_VALID_NOW: "The certificate is not valid at this time.",
    Reason.NOT_THROUGH_OWN_TUNNEL: "Ask through the sensor's own tunnel.",
    Reason.GATEWAY_REVOKED: "The sensor's gateway was revoked. The provider's people have been told.",
    Reason.GATEWAY_SILENT: "The gateway does not say which tunnels it has. Ask again in a moment.",
    Reason.SESSION_NOT_YET_REPORTED: "The gateway has not seen this tunnel for long enough. Ask again in a moment.",
    Reason.TWO_PLACES: "Two boxes with this sensor's certificate come from different places. People have been asked.",
    Reason.ENROLLED_ANEW: "The sensor was enrolled anew. A second person has been asked whether it is the right box.",
    Reason.CHANGE_TOO_RECENT: "Something was changed for this sensor, and people are being told. Ask again later.",
    Reason.PUBLIC_NETWORK_UNEXPECTED: "The sensor appears from an unexpected network. People have been asked.",
}


def disk_key(request: HttpRequest, caller: Caller) -> HttpResponse:
    source = source_address(request)
    # Who is refused in any case asks the gateway nothing.
    confirmation = _confirm(request, caller) if caller.is_accepted else NOT_ASKED
    asked = KeyRequest(cast(Sensor, caller.machine), caller.certificate, source, confirmation)
    answer = _RELEASES.release(asked)
    if answer.verdict.outcome is Outcome.REFUSED or answer.disk_key is None:
        held = answer.verdict.outcome is Outcome.HELD
        reason = answer.verdict.reason
        return problem(423 if held else 403, reason, _WORDS[reason], retry_after=ASK_AGAIN_AFTER.get(reason))
    response = HttpResponse(answer.disk_key, content_type="application/octet-stream")
    response["Cache-Control"] = "no-store"
    return response


def _confirm(request: HttpRequest, caller: Caller) -> Confirmation:
    """From a look that the gateway took after this request had come."""
    age, began = connection_age(request), time.monotonic()
    sensor = cast(Sensor, caller.machine)
    answered, session = _CONFIRMATIONS.confirm(gateway=sensor.gateway_id, subject=caller.certificate.subject)
    age += time.monotonic() - began
    return Confirmation(answered=answered, session=session, connection_ms=int(age * 1000) + 1)

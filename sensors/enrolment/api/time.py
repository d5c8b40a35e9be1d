"""What time it is, signed: for a box whose clock is so wrong that it can judge no certificate of this door."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from limits.budget import Budget
from notices.operations.wake_worker import wake_worker
from pki.authority.operations.ask_for_time import TooManyAsk, ask_for_time
from pki.authority.time_stamps import LONGEST_QUERY, QueryRefused
from sensors.api.problems import problem
from sensors.enrolment.api.source_throttle import SourceThrottle

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
ASK_AGAIN_AFTER = 1  # seconds
STAMP_TASK = "sensors.tasks.stamp_times"
# A box asks once each second until the signer is done; several may be behind one address.
TRIES = Budget("time", burst=60, refill=1)


class QueryParser(BaseParser):
    """The body as it is, and no more of it than a query can hold."""

    media_type = QUERY

    def parse(self, stream: Any, *_: object, **__: object) -> bytes:  # type: ignore[override] # the stubs know forms only
        body: bytes = stream.read(LONGEST_QUERY + 1)
        return body


class TimeThrottle(SourceThrottle):
    tries = TRIES


class TimeView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (TimeThrottle,)
    parser_classes = (QueryParser,)

    # Not JSON, and a protocol of its own: docs/contracts.md has it.
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response | HttpResponse:
        # Without a body there is nothing that was parsed.
        query = request.data if isinstance(request.data, bytes) else b""
        try:
            row = ask_for_time(query=query, now=timezone.now())
        except QueryRefused as error:
            return problem(400, "query-refused", str(error))
        except TooManyAsk:
            return problem(429, "too-many-ask", "So many ask that no answer would come in time.", retry_after=10)
        if row.reply is None:
            wake_worker(task=STAMP_TASK)
            return Response(
                {"status": "waits for the signer"}, status=202, headers={"Retry-After": str(ASK_AGAIN_AFTER)}
            )
        return HttpResponse(bytes(row.reply), content_type=REPLY, headers={"Cache-Control": "no-store"})

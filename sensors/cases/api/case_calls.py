"""What people do with a case over REST: notes, and closing it, by the same two people as on the page."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sensors.api.person import person_of
from sensors.api.problems import PROBLEMS
from sensors.cases.api import serializers
from sensors.cases.operations.add_case_note import add_case_note
from sensors.cases.operations.close_case import close_case
from sensors.cases.operations.request_closing import request_closing
from sensors.fleet.queries import closing_of
from sensors.models import Case, CaseOutcome
from tenants.operations.decide_approval import refuse_approval
from tenants.roles import Permission


class _CaseView(APIView):
    def case(self, request: Request, permission: Permission) -> Case:
        cases = Case.objects.permitting(person_of(request), permission).select_related("sensor__site__customer")
        return get_object_or_404(cases, pk=self.kwargs["pk"])


class NotesView(_CaseView):
    @extend_schema(request=serializers.NewNote, responses={201: serializers.NoteSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        """By anybody who may report the sensor. Sent twice it is one note."""
        case = self.case(request, Permission.LOSS_REPORT)
        body = serializers.NewNote(data=request.data)
        body.is_valid(raise_exception=True)
        note = add_case_note(case=case, text=body.validated_data["text"], written_by=person_of(request))
        return Response(serializers.NoteSerializer(note).data, status=201)


class ClosingView(_CaseView):
    @extend_schema(responses={200: serializers.ClosingSerializer, **PROBLEMS})
    def get(self, request: Request, **_: object) -> Response:
        """The request that waits for a second person."""
        waiting = closing_of(self.case(request, Permission.CASE_VIEW), timezone.now())
        if waiting is None:
            raise Http404
        return Response(serializers.ClosingSerializer(waiting).data)

    @extend_schema(request=serializers.NewClosing, responses={201: serializers.ClosingSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        """Nothing changes until another person agrees."""
        case = self.case(request, Permission.CASE_CLOSE)
        body = serializers.NewClosing(data=request.data)
        body.is_valid(raise_exception=True)
        approval = request_closing(
            case=case,
            outcome=CaseOutcome(body.validated_data["outcome"]),
            reason=body.validated_data["reason"],
            requested_by=person_of(request),
        )
        return Response(serializers.ClosingSerializer(approval).data, status=201)


class AgreeView(_CaseView):
    @extend_schema(request=serializers.DecidedClosing, responses={200: serializers.CaseSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        """By somebody else than whoever asked; the case is closed at once."""
        case = self.case(request, Permission.APPROVAL_GIVE)
        body = serializers.DecidedClosing(data=request.data)
        body.is_valid(raise_exception=True)
        closed = close_case(case=case, approval=body.validated_data["approval"], approved_by=person_of(request))
        return Response(serializers.CaseSerializer(closed).data)


class RefuseView(_CaseView):
    @extend_schema(request=serializers.DecidedClosing, responses={200: serializers.ClosingSerializer, **PROBLEMS})
    def post(self, request: Request, **_: object) -> Response:
        """By anybody who may report the sensor; whoever asked takes the request back by it."""
        case = self.case(request, Permission.LOSS_REPORT)
        body = serializers.DecidedClosing(data=request.data)
        body.is_valid(raise_exception=True)
        approval = body.validated_data["approval"]
        refused = refuse_approval(approval=approval, about=case.about, refused_by=person_of(request))
        return Response(serializers.ClosingSerializer(refused).data)

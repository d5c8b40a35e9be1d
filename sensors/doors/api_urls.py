from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from sensors.artifacts.api import ArtifactView
from sensors.cases.api import case_calls, cases, moves, replacements
from sensors.enrolment.api.codes import EnrolmentCodeView
from sensors.enrolment.api.enrol import EnrolView
from sensors.enrolment.api.time import TimeView
from sensors.fleet.api.customers import CustomerViewSet, SiteViewSet
from sensors.fleet.api.sensors import SensorViewSet
from sensors.gateways.api import GatewayViewSet
from sensors.keys.api import PermitKeyView

router = SimpleRouter()
router.register("customers", CustomerViewSet, basename="api-customer")
router.register("sites", SiteViewSet, basename="api-site")
router.register("sensors", SensorViewSet, basename="api-sensor")
router.register("cases", cases.CaseViewSet, basename="api-case")
router.register("gateways", GatewayViewSet, basename="api-gateway")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("v1/enrol", EnrolView.as_view(), name="api-enrol"),
    path("v1/time", TimeView.as_view(), name="api-time"),
    path("v1/sensors/<uuid:pk>/artifacts/<str:name>", ArtifactView.as_view(), name="api-artifact"),
    path("v1/sensors/<uuid:pk>/enrolment-code/", EnrolmentCodeView.as_view(), name="api-sensor-enrolment-code"),
    path("v1/sensors/<uuid:pk>/move/", moves.MoveView.as_view(), name="api-sensor-move"),
    path("v1/sensors/<uuid:pk>/permit-key/", PermitKeyView.as_view(), name="api-sensor-permit-key"),
    path("v1/sensors/<uuid:pk>/replace/", replacements.ReplaceView.as_view(), name="api-sensor-replace"),
    path("v1/sensors/<uuid:pk>/report-loss/", cases.ReportLossView.as_view(), name="api-sensor-report-loss"),
    path("v1/sensors/<uuid:pk>/retire/", cases.RetireView.as_view(), name="api-sensor-retire"),
    path("v1/cases/<uuid:pk>/notes/", case_calls.NotesView.as_view(), name="api-case-notes"),
    path("v1/cases/<uuid:pk>/closing/", case_calls.ClosingView.as_view(), name="api-closing"),
    path("v1/cases/<uuid:pk>/closing/agree/", case_calls.AgreeView.as_view(), name="api-closing-agree"),
    path("v1/cases/<uuid:pk>/closing/refuse/", case_calls.RefuseView.as_view(), name="api-closing-refuse"),
    path("v1/", include(router.urls)),
]

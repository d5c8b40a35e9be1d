from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from sensors.api import case_calls, views
from sensors.api.artifacts import ArtifactView
from sensors.api.enrol import EnrolView

router = SimpleRouter()
router.register("customers", views.CustomerViewSet, basename="api-customer")
router.register("sites", views.SiteViewSet, basename="api-site")
router.register("sensors", views.SensorViewSet, basename="api-sensor")
router.register("cases", views.CaseViewSet, basename="api-case")
router.register("gateways", views.GatewayViewSet, basename="api-gateway")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("v1/enrol", EnrolView.as_view(), name="api-enrol"),
    path("v1/sensors/<uuid:pk>/artifacts/<str:name>", ArtifactView.as_view(), name="api-artifact"),
    path("v1/cases/<uuid:pk>/notes/", case_calls.NotesView.as_view(), name="api-case-notes"),
    path("v1/cases/<uuid:pk>/closing/", case_calls.ClosingView.as_view(), name="api-closing"),
    path("v1/cases/<uuid:pk>/closing/agree/", case_calls.AgreeView.as_view(), name="api-closing-agree"),
    path("v1/cases/<uuid:pk>/closing/refuse/", case_calls.RefuseView.as_view(), name="api-closing-refuse"),
    path("v1/", include(router.urls)),
]

"""The monitor's door, which listens on the host alone."""

from django.urls import path

from portal.monitoring.views import metrics

urlpatterns = [path("metrics", metrics)]

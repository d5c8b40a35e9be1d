"""The machines' door. One view asks the table of allowed calls; there is nothing else here."""

from django.urls import URLPattern, path

from sensors.doors.machines_door import door

urlpatterns: list[URLPattern] = [path("<path:path>", door)]

from django.urls import path

from accounts import pages

urlpatterns = [
    path("browser/", pages.ask_for_browser_link, name="browser-link"),
    path("browser/sent/", pages.browser_link_sent, name="browser-link-sent"),
    path("browser/<str:secret>/", pages.follow_browser_link, name="browser-link-use"),
]

from django.urls import path

from accounts import people_pages

urlpatterns = [
    path("", people_pages.people, name="people"),
    path("<uuid:customer>/", people_pages.people_of, name="people-of"),
    path("<uuid:customer>/invite/", people_pages.invite, name="invite"),
    path("<uuid:customer>/<int:pk>/", people_pages.person, name="person"),
    path("<uuid:customer>/<int:pk>/remove/", people_pages.remove, name="remove-person"),
]

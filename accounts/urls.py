from django.urls import path

from accounts import pages, token_pages

urlpatterns = [
    path("browser/", pages.ask_for_browser_link, name="browser-link"),
    path("browser/sent/", pages.browser_link_sent, name="browser-link-sent"),
    path("browser/<str:secret>/", pages.follow_browser_link, name="browser-link-use"),
    path("tokens/", token_pages.tokens, name="tokens"),
    path("tokens/new/", token_pages.new_token, name="token-new"),
    path("tokens/<str:prefix>/revoke/", token_pages.revoke, name="token-revoke"),
]

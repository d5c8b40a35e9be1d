from django.urls import path

from accounts import language_pages, pages, token_pages

urlpatterns = [
    path("browser/", pages.ask_for_browser_link, name="browser-link"),
    path("browser/sent/", pages.browser_link_sent, name="browser-link-sent"),
    path("browser/<str:secret>/", pages.follow_browser_link, name="browser-link-use"),
    path("language/", language_pages.own_language, name="own-language"),
    path("language/switch/", language_pages.switch_language, name="language-switch"),
    path("tokens/", token_pages.tokens, name="tokens"),
    path("tokens/new/", token_pages.new_token, name="token-new"),
    path("tokens/<str:prefix>/revoke/", token_pages.revoke, name="token-revoke"),
]

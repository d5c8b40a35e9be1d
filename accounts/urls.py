from django.urls import path

from accounts import language_pages, pages, passkey_pages, token_pages

urlpatterns = [
    path("browser/", pages.ask_for_browser_link, name="browser-link"),
    path("browser/sent/", pages.browser_link_sent, name="browser-link-sent"),
    path("browser/<str:secret>/", pages.follow_browser_link, name="browser-link-use"),
    path("passkeys/sign-in/", passkey_pages.sign_in, name="passkey-sign-in"),
    path("passkeys/sign-in/challenge/", passkey_pages.challenge_to_sign_in, name="passkey-sign-in-challenge"),
    path("passkeys/second-step/", passkey_pages.second_step, name="passkey-second-step"),
    path("passkeys/second-step/challenge/", passkey_pages.challenge_for_step, name="passkey-second-step-challenge"),
    # The name by which allauth leads to it, beside its own pages for a password and for a code.
    path("passkeys/confirm/", passkey_pages.confirm, name="mfa_reauthenticate_webauthn"),
    path("passkeys/confirm/challenge/", passkey_pages.challenge_to_confirm, name="passkey-confirm-challenge"),
    path("passkeys/add/", passkey_pages.add, name="passkey-add"),
    path("passkeys/add/challenge/", passkey_pages.challenge_to_add, name="passkey-add-challenge"),
    path("passkeys/<int:key>/remove/", passkey_pages.remove, name="passkey-remove"),
    path("language/", language_pages.own_language, name="own-language"),
    path("language/switch/", language_pages.switch_language, name="language-switch"),
    path("tokens/", token_pages.tokens, name="tokens"),
    path("tokens/new/", token_pages.new_token, name="token-new"),
    path("tokens/<str:prefix>/revoke/", token_pages.revoke, name="token-revoke"),
]

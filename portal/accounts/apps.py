from django.apps import AppConfig


class AccountsConfig(AppConfig):
    # Not "account": allauth's is called that.
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "Signing in"

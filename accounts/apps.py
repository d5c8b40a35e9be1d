from django.apps import AppConfig


class AccountsConfig(AppConfig):
    # Not "account": allauth's is called that.
    name = "accounts"
    label = "accounts"
    verbose_name = "Signing in"

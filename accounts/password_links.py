"""The link with which a password is set: by way of a mail, or of the terminal of the owner of the portal's host."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from tenants.models import Person


def password_link(person: Person) -> str:
    """The path at which this person sets a password; good once, and for `PASSWORD_RESET_TIMEOUT` seconds."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return reverse("account_reset_password_from_key", kwargs=key)

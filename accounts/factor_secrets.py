"""What a second factor's codes are made from, as the database holds it: sealed under a key made from the secret key.

Only the people's door is given that (`portal.checks`), so no worker, signer or machines' door can open one.
The reader of a backup finds a person's password as a hash; the secret in the clear beside it would be the other factor.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.encoding import force_bytes


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Raises ImproperlyConfigured: nothing that it could return instead would be safe to make codes from."""
    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken:
        raise ImproperlyConfigured(
            "A second factor was sealed under another NSMAAS_SECRET_KEY: put that one back, or take the factor away"
            " with manage.py reset_second_factor."
        ) from None


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portal.factor_secrets")
    return Fernet(base64.urlsafe_b64encode(derive.derive(force_bytes(secret))))

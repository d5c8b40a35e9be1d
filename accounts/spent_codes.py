"""A code of an authenticator app is taken once, as RFC 6238, section 5.2, demands.

allauth would remember a code for half a minute, in a cache in which two may look at once. Codes are taken for longer
than that here (`MFA_TOTP_TOLERANCE`), so the last step that was used stands beside the secret it was used for.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt

_LAST_STEP = "last_step"


def spend_code(*, factor: Authenticator, code: str) -> bool:
    """Inside a transaction. False if this code, or one that came after it, was used before."""
    factor = Authenticator.objects.select_for_update().get(pk=factor.pk)
    step = _step_of(decrypt(factor.data["secret"]), code)
    if step is None or step <= factor.data.get(_LAST_STEP, 0):
        return False
    factor.data[_LAST_STEP] = step
    factor.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The latest step that has this code; None if its time has run out since it was found right."""
    for step in sorted(yield_hotp_counters_from_time(), reverse=True):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return int(step)
    return None

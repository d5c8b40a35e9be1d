"""What is made from the secret key keeps its value when files move: it lies in databases, trails and browsers."""

import pytest

from accounts import factor_secrets, known_browsers
from accounts.operations.record_sign_in import disguised

# Made by the code of the first release under this key.
SECRET_KEY = "a secret key of a test"
SEALED = "gAAAAABrCJxafqGR4uafDXKIpxTVQNEq6gbLbUuGKgj1r-JWydFwEQ-pWyOEj9LIJBMICDyAW9WNWnIAZ7Dk8bVQf2oV2aoPpA=="


@pytest.fixture(autouse=True)
def _key(settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECRET_KEY, []


def test_a_second_factor_that_was_sealed_opens():
    assert factor_secrets.unseal(SEALED) == "the text"


def test_a_stranger_in_the_trail_is_told_from_others_as_before():
    assert disguised(" Somebody@example.org") == "bb6da6f01a5fc8ef"


def test_a_known_browser_stays_known():
    assert known_browsers._hmac("account", "7") == "280a730c13e46cbe323a06c507710cb9282f02c6a882dcfa4658ace93a33cc8e"

"""Passkeys (WebAuthn): a device signs a challenge of this portal's with a key that never leaves it.

The package fido2 reads and verifies, allauth's table keeps public keys: nothing that is stored here is a secret. What
both leave open is decided here, after WebAuthn Level 3, sections 7.1 and 7.2:

- What a passkey is bound to is the portal's own address, from its settings; never a name that a request brings along.
  Only this very origin counts, while fido2 alone would take each port and each name below it.
- Each challenge asks for the finger, face or PIN as well, so a passkey is two factors in one.
- A challenge is for one purpose, one session and five minutes, and the first answer uses it up.
- Neither an earlier count of uses nor a challenge that was answered before is taken once more.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenants.models import Person

# Of a challenge, in seconds.
LIFE = 300
# Of an answer, in characters. A usual one has some 1,000; a certificate that a device adds makes 4,000.
LONGEST = 16_000
_CHALLENGE = "passkey_challenge"


class Purpose(StrEnum):
    ADD = "add"
    SIGN_IN = "sign-in"
    SECOND_STEP = "second-step"
    CONFIRM = "confirm"


class PasskeyRefused(Exception):
    """`reason` is a word for the audit trail: who asked is told no more than that it was refused.

    `whose` is the person whose passkey was named, once it was found.
    """

    def __init__(self, reason: str, whose: Person | None = None) -> None:
        super().__init__(reason)
        self.reason, self.whose = reason, whose


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """As allauth's table holds it, and how often its device says that it was used."""

    credential: dict[str, Any]
    credential_id: bytes
    counter: int


def are_offered() -> bool:
    """Browsers bind a passkey to a name and ask for TLS: an address in digits has no name. `localhost` needs no TLS."""
    address = urlsplit(settings.BASE_URL)
    host = address.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return bool(host) and (address.scheme == "https" or host == "localhost")
    return False


def origin() -> str:
    """As browsers spell it: in small letters, and with a port only if it is an unusual one."""
    address = urlsplit(settings.BASE_URL)
    usual = {"https": 443, "http": 80}.get(address.scheme)
    port = f":{address.port}" if address.port not in {None, usual} else ""
    return f"{address.scheme}://{address.hostname}{port}"


def passkeys_of(person: Person) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def credential_of(passkey: Authenticator) -> AttestedCredentialData:
    found: AttestedCredentialData = passkey.wrap().authenticator_data.credential_data
    return found


def challenge_to_add(request: HttpRequest, person: Person) -> dict[str, Any]:
    """For `navigator.credentials.create`. A passkey that the browser has for this person already is not made again."""
    options, state = _server().register_begin(
        user=PublicKeyCredentialUserEntity(id=_handle_of(person.pk), name=person.email, display_name=person.name),
        credentials=[credential_of(passkey) for passkey in passkeys_of(person)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(request, Purpose.ADD, state)
    return dict(options)


def challenge_to_show(request: HttpRequest, purpose: Purpose, person: Person | None) -> dict[str, Any]:
    """For `navigator.credentials.get`. Nobody has said who he is where `person` is None: then it names no passkey."""
    options, state = _server().authenticate_begin(
        credentials=None if person is None else [credential_of(passkey) for passkey in passkeys_of(person)],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(request, purpose, state)
    return dict(options)


def accept_new(request: HttpRequest, *, person: Person, answer: str) -> NewPasskey:
    """What the browser answered to `challenge_to_add`. Raises PasskeyRefused."""
    state = _take(request, Purpose.ADD, person)
    with _refusing("answer"):
        response = RegistrationResponse.from_dict(_read(answer))
        made = _server().register_complete(state, response)
        _refuse_frames(response.response.client_data)
        credential = made.credential_data
        if credential is None or credential.public_key.ALGORITHM not in CoseKey.supported_algorithms():
            raise PasskeyRefused("algorithm")
        return NewPasskey(
            credential={
                "id": response.id,
                "rawId": response.id,
                "type": "public-key",
                "response": {
                    "clientDataJSON": websafe_encode(response.response.client_data),
                    "attestationObject": websafe_encode(response.response.attestation_object),
                },
                "clientExtensionResults": {},
            },
            credential_id=credential.credential_id,
            counter=made.counter,
        )


def accept_shown(request: HttpRequest, *, purpose: Purpose, person: Person | None, answer: str) -> Authenticator:
    """The passkey that answered `challenge_to_show`; its `user` is whose it is. Raises PasskeyRefused.

    Outside of any transaction: that it was used stays true, whatever comes of it.
    """
    state = _take(request, purpose, person)
    with _refusing("answer"):
        response = AuthenticationResponse.from_dict(_read(answer))
        named = _owner_in(response.response.user_handle)
    owner = named if person is None else person.pk
    if owner is None or named not in {None, owner}:
        raise PasskeyRefused("unknown")
    passkey, credential = _find(owner, response.raw_id)
    with _refusing("answer", passkey.user):
        _server().authenticate_complete(state, [credential], response)
        _refuse_frames(response.response.client_data)
    _spend(passkey, counter=response.response.authenticator_data.counter, challenge=state["challenge"])
    return passkey


def _find(owner: int, credential_id: bytes) -> tuple[Authenticator, AttestedCredentialData]:
    theirs = Authenticator.objects.filter(user_id=owner, type=Authenticator.Type.WEBAUTHN).select_related("user")
    for passkey in theirs:
        credential = credential_of(passkey)
        if credential.credential_id == credential_id:
            return passkey, credential
    raise PasskeyRefused("unknown")


@transaction.atomic
def _spend(passkey: Authenticator, *, counter: int, challenge: str) -> None:
    """A count that does not rise betrays a copy of the device (section 6.1.1). Those that are kept in a person's cloud
    count nothing and say 0 for ever. Two who send one answer at once meet at the lock: the second finds it used.
    """
    row = Authenticator.objects.select_for_update().filter(pk=passkey.pk).first()
    if row is None:
        raise PasskeyRefused("unknown")
    used, last = hashlib.sha256(challenge.encode()).hexdigest(), row.data.get("counter", 0)
    if row.data.get("last_challenge") == used:
        raise PasskeyRefused("used", passkey.user)
    if (counter or last) and counter <= last:
        raise PasskeyRefused("counter", passkey.user)
    row.data |= {"counter": counter, "last_challenge": used}
    row.save(update_fields=["data"])


def _server() -> Fido2Server:
    here = origin()
    party = PublicKeyCredentialRpEntity(id=urlsplit(here).hostname, name=settings.PROVIDER_NAME)
    server = Fido2Server(party, verify_origin=lambda said: said == here)
    server.timeout = LIFE * 1000  # type: ignore[assignment]  # fido2 names the type of its default alone
    return server


def _keep(request: HttpRequest, purpose: Purpose, state: dict[str, Any]) -> None:
    """One at a time: asking again makes the one before void. The session ends when somebody else signs in to it."""
    request.session[_CHALLENGE] = {"purpose": purpose, "at": time.time(), "state": dict(state)}


def _take(request: HttpRequest, purpose: Purpose, person: Person | None) -> dict[str, Any]:
    """Once, whatever comes of it."""
    kept = request.session.pop(_CHALLENGE, None)
    if kept is None or kept["purpose"] != purpose or not 0 <= time.time() - kept["at"] <= LIFE:
        raise PasskeyRefused("challenge", person)
    state: dict[str, Any] = kept["state"]
    return state


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise PasskeyRefused("answer")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise PasskeyRefused("answer")
    return read


def _refuse_frames(client_data: CollectedClientData) -> None:
    """Our pages stand in nobody's frame (`frame-ancestors`), so no answer comes out of one."""
    if client_data.cross_origin is not False:
        raise PasskeyRefused("answer")


@contextmanager
def _refusing(reason: str, whose: Person | None = None) -> Iterator[None]:
    """Around what reads bytes of strangers. No database is asked inside, so no failure of ours is taken for theirs."""
    try:
        yield
    except PasskeyRefused as refusal:
        raise PasskeyRefused(refusal.reason, whose) from None
    except Exception:  # fido2 names no errors for what is malformed: any of them means that it is
        raise PasskeyRefused(reason, whose) from None


def _handle_of(key: int) -> bytes:
    """Which account a passkey is for, as its device keeps it. It names nobody (section 14.6.1)."""
    return key.to_bytes(8, "big")


def _owner_in(handle: bytes | None) -> int | None:
    if not handle:
        return None
    if len(handle) != 8 or handle[0] > 127:
        raise PasskeyRefused("unknown")
    return int.from_bytes(handle, "big")

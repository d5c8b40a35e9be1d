"""A device with a passkey, made with the package cryptography: it also says what no browser would say."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2 import cbor

from tests.support.world import PASSWORD

HOME = "https://portal.example.org"
# What the device may claim (WebAuthn Level 3, section 6.1): somebody touched it, was known to it, a new key follows.
PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


def websafe(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class PasskeyDevice:
    """Holds one passkey. `counts` is False for one of a cloud, which always says 0."""

    counts: bool = True
    origin: str = HOME
    party: str = "portal.example.org"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    algorithm: int = -7  # ES256
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""
    extra: dict[str, Any] = field(default_factory=dict)

    def copy(self) -> "PasskeyDevice":
        return PasskeyDevice(**vars(self))

    def made(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = options["publicKey"]
        self.handle = bytes_of(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        key = cbor.encode(
            {1: 2, 3: self.algorithm, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + key
        data = self._data(self.flags | NEW_KEY) + attested
        return self._written(
            clientDataJSON=self._client_data("webauthn.create", asked["challenge"]),
            attestationObject=cbor.encode({"fmt": "none", "attStmt": {}, "authData": data}),
        )

    def shown(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`."""
        client_data = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        self.counter += 1 if self.counts else 0
        data = self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._written(
            clientDataJSON=client_data, authenticatorData=data, signature=signature, userHandle=self.handle
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.party.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **self.extra}
        return json.dumps(said).encode()

    def _written(self, **response: bytes) -> str:
        name = websafe(self.credential_id)
        answers = {each: websafe(value) for each, value in response.items() if value}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": answers})


def after_password(person: Any) -> Client:
    """Where somebody has a passkey, the second step is still to come."""
    client = Client()
    assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def challenge(client: Client, path: str, **body: str) -> Any:
    """From `/accounts/passkeys/{path}/challenge/`."""
    response = client.post(f"/accounts/passkeys/{path}/challenge/", body)
    assert response.status_code == 200, response.content
    return response.json()


def add_passkey_by_pages(client: Client, *, device: PasskeyDevice | None = None, name: str = "Phone") -> PasskeyDevice:
    """Of somebody who is signed in. Leaves a fresh proof behind."""
    device = device or PasskeyDevice()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = device.made(challenge(client, "add", name=name))
    assert client.post("/accounts/passkeys/add/", {"name": name, "credential": answer}).status_code == 302
    return device


def sign_in_by(device: PasskeyDevice, client: Client | None = None) -> Client:
    """It may have been refused."""
    client = client or Client()
    answer = device.shown(challenge(client, "sign-in"))
    client.post("/accounts/passkeys/sign-in/", {"credential": answer})
    return client


def stored_passkey(person: Any, name: str) -> Authenticator:
    """As the table holds one, past the pages."""
    device = PasskeyDevice()
    options = {"publicKey": {"challenge": websafe(secrets.token_bytes(32)), "user": {"id": websafe(bytes(8))}}}
    data = {"name": name, "credential": json.loads(device.made(options)), "counter": 0}
    passkey: Authenticator = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)
    return passkey

"""What mandos-client does when a box boots, by the GnuTLS library that Mandos itself uses.

In Mandos the box is TLS's server and the Mandos server is TLS's client, so that the server speaks first.
"""

import ctypes
import hashlib
import secrets
import socket
import struct
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

PRIORITY = b"SECURE128:!CTYPE-X.509:+CTYPE-RAWPK:!RSA:!VERS-ALL:+VERS-TLS1.3:%PROFILE_ULTRA"
# From gnutls/gnutls.h.
SERVER, NO_TICKETS, ENABLE_RAWPK = 1, 1 << 10, 1 << 18
CERTIFICATE, PEM, SHUT_RDWR = 1, 1, 0

SECRET_BYTES = 1024
# Longer than the kernel's fourth attempt to connect to a server whose queue is full.
SILENCE_SECONDS = 60


class _Datum(ctypes.Structure):
    _fields_ = (("data", ctypes.c_char_p), ("size", ctypes.c_uint))


@cache
def _gnutls() -> ctypes.CDLL:
    library = ctypes.CDLL("libgnutls.so.30")
    # A pointer in a plain integer would be cut to 32 bits, and `ssize_t` says errors by its sign.
    library.gnutls_record_recv.restype = ctypes.c_ssize_t
    library.gnutls_record_recv.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.gnutls_deinit.argtypes = [ctypes.c_void_p]
    library.gnutls_deinit.restype = None
    return library


class MandosClient:
    """A box with a raw public key of its own, as mandos-keygen(8) makes it, and the secret kept for it."""

    def __init__(self) -> None:
        private = ed25519.Ed25519PrivateKey.generate()
        public = private.public_key()
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        self.key_id = hashlib.sha256(public.public_bytes(serialization.Encoding.DER, info)).hexdigest()
        self.secret = secrets.token_bytes(SECRET_BYTES)
        self._credentials = _credentials(
            public.public_bytes(serialization.Encoding.PEM, info),
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )

    def fetches(self, port: int) -> bool:
        """One whole exchange; whether the secret that came is this box's."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=SILENCE_SECONDS) as connection:
                # GnuTLS reads the descriptor itself and takes it for a blocking one.
                connection.settimeout(None)
                silence = struct.pack("ll", SILENCE_SECONDS, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, silence)
                connection.sendall(b"1\r\n")
                return self._receive(connection.fileno()) == self.secret
        except OSError:
            return False

    def _receive(self, descriptor: int) -> bytes:
        library, session = _gnutls(), ctypes.c_void_p()
        _check(library.gnutls_init(ctypes.byref(session), SERVER | NO_TICKETS | ENABLE_RAWPK))
        try:
            _check(library.gnutls_priority_set_direct(session, PRIORITY, None))
            _check(library.gnutls_credentials_set(session, CERTIFICATE, self._credentials))
            library.gnutls_transport_set_int2(session, descriptor, descriptor)
            _check(library.gnutls_handshake(session))
            received, buffer = b"", ctypes.create_string_buffer(2 * SECRET_BYTES)
            while size := _check(library.gnutls_record_recv(session, buffer, len(buffer))):
                received += buffer.raw[:size]
            _check(library.gnutls_bye(session, SHUT_RDWR))
            return received
        finally:
            library.gnutls_deinit(session)


def _credentials(public: bytes, private: bytes) -> ctypes.c_void_p:
    library, credentials = _gnutls(), ctypes.c_void_p()
    _check(library.gnutls_certificate_allocate_credentials(ctypes.byref(credentials)))
    keys = [ctypes.byref(_Datum(key, len(key))) for key in (public, private)]
    _check(library.gnutls_certificate_set_rawpk_key_mem(credentials, *keys, PEM, None, 0, None, 0, 0))
    return credentials


def _check(result: int) -> int:
    """OSError for a negative result, with GnuTLS's number: a peer that went away is no other kind of failure."""
    if result < 0:
        raise OSError(f"GnuTLS error {result}")
    return result

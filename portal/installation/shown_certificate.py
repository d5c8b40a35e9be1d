"""What a door shows to who calls."""

import socket
import ssl

_SECONDS = 5


def shown_certificate(address: str, port: int) -> bytes:
    """DER. Whether it can be trusted is not the question here: clients look at that. Raises OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((address, port), timeout=_SECONDS) as plain,
        context.wrap_socket(plain) as wrapped,
    ):
        return wrapped.getpeercert(binary_form=True) or b""

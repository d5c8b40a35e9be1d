"""The least that a view can do: what is left is the handshake, nginx and gunicorn."""

from collections.abc import Callable, Iterable

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(_environ: dict[str, object], start_response: StartResponse) -> Iterable[bytes]:
    """As many octets as a disk key, all of them zero."""
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", "64")])
    return [bytes(64)]

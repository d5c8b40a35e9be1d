"""What an answer shows to who asked."""

import re
from typing import Any

# What differs from answer to answer whoever asks for whatever, and the address, which the asker knows.
NOISE = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')


def what_it_shows(response: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    headers = [(name, value) for name, value in response.items() if name not in {"Date", "Content-Length"}]
    return response.status_code, NOISE.sub(b"", response.content), sorted(headers)

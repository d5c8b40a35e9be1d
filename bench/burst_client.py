"""Many boxes that come back at the same moment, as after a power cut: `python -m bench.burst_client FILE`, inside base.

FILE is JSON: {"url", "boxes": [[pem, address], ...]}. Each box asks as the kit does, over a connection of its own, and
again when it is told to wait. Prints {"seconds", "milliseconds", "errors", "asked"} as JSON. Standard library only.
"""

import asyncio
import json
import random
import ssl
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

# As long as the kit waits for one answer, and in all: more counts as an error.
ANSWER_SECONDS = 10
PATIENCE_SECONDS = 120
HANDSHAKES = 256


class Burst:
    """What came of it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port, self.path = str(parts.hostname), int(parts.port or 443), parts.path
        self.milliseconds: list[float] = []
        self.errors: list[str] = []
        self.asked = 0
        self.opening = asyncio.Semaphore(HANDSHAKES)

    async def one(self, pem: str, address: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # As `ab` does in the rates: what the client saves is left to what is measured.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(pem)
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            # One program on the same cores is 2,000 boxes: were all their handshakes under way in it at once, nginx
            # would give up on those that it is slow with. Of the box's time it is a part, of its answer's it is not.
            await self.opening.acquire()
            self.asked += 1
            try:
                status, retry = await asyncio.wait_for(self._ask(context, address), ANSWER_SECONDS)
            except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
                self.errors.append(f"{type(error).__name__}: {error}")
                status, retry = 0, 1
            if status == 200:
                self.milliseconds.append((time.monotonic() - began) * 1000)
                return
            if status not in (0, 423, 429):
                self.errors.append(f"answered {status}")
            # With the kit's jitter.
            await asyncio.sleep(max(1, retry) * random.uniform(1, 1.25))  # noqa: S311 -- not a secret
        self.errors.append("no key in time")

    async def _ask(self, context: ssl.SSLContext, address: str) -> tuple[int, int]:
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port, ssl=context, local_addr=(address, 0))
        finally:
            self.opening.release()
        try:
            request = (
                f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            writer.write(request.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            retry = next((line for line in head.split("\r\n") if line.lower().startswith("retry-after:")), ": 0")
            return int(head.split(" ", 2)[1]), int(retry.split(":")[1])
        finally:
            writer.close()


async def main(file: Path) -> None:
    """All at once."""
    what = json.loads(file.read_text())
    burst = Burst(what["url"])
    began = time.monotonic()
    await asyncio.gather(*(burst.one(pem, address) for pem, address in what["boxes"]))
    result = {
        "seconds": time.monotonic() - began,
        "milliseconds": burst.milliseconds,
        "errors": burst.errors,
        "asked": burst.asked,
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

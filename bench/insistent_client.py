"""`python bench/insistent_client.py PEM ADDRESS PORT CONNECTIONS PER_SECOND METHOD PATH [BODY]`

One certificate's holder who calls as often as it can, over connections that stay open. Prints the statuses of each
second as JSON.

In C it would take less of the machine, of which there is little; in return nothing is pretended.
"""

import asyncio
import json
import ssl
import sys
import time
from collections import Counter

PEM, ADDRESS, PORT, CONNECTIONS, PER_SECOND, METHOD, PATH, BODY = [*sys.argv[1:], ""][:8]


async def call_on(statuses: Counter[int], pause: float) -> None:
    """One connection, opened again when it ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(PEM)
    body = BODY.encode()
    head = f"{METHOD} {PATH} HTTP/1.1\r\nHost: {ADDRESS}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    while True:
        writer = None
        try:
            reader, writer = await asyncio.open_connection(ADDRESS, int(PORT), ssl=context)
            while True:
                began = time.monotonic()
                writer.write(head + body)
                answer = await reader.readuntil(b"\r\n\r\n")
                statuses[int(answer.split()[1])] += 1
                length = answer.lower().partition(b"content-length:")[2].split(b"\r")[0]
                await reader.readexactly(int(length or 0))
                await asyncio.sleep(max(0.0, pause - (time.monotonic() - began)))
        except (OSError, asyncio.IncompleteReadError, IndexError, ValueError):
            statuses[0] += 1
            await asyncio.sleep(0.05)
        finally:
            if writer:
                writer.close()


async def main() -> None:
    """Until it is ended."""
    statuses: Counter[int] = Counter()
    pause = int(CONNECTIONS) / float(PER_SECOND)
    calling = [asyncio.create_task(call_on(statuses, pause)) for _ in range(int(CONNECTIONS))]
    while all(not task.done() for task in calling):
        await asyncio.sleep(1)
        print(json.dumps(statuses), flush=True)
        statuses.clear()


if __name__ == "__main__":
    asyncio.run(main())

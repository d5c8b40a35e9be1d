"""One gateway's certificate in wrong hands: it has no sensors, and asks the portal for news on two hundred connections.

Each question waits up to a minute for its answer. The threads that wait for it were those of all gateways.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.topology import BASE_INSIDE
from tests.support.rogue_gateway import files_of_a_rogue
from tests.support.scene import Scene
from tests.support.soaking import note, rounds

pytestmark = pytest.mark.root
CONNECTIONS = 200

# ADDRESS PORT CERTIFICATE KEY COUNT: that many connections, on each one question after the other.
ASK = """
import asyncio, json, ssl, sys
address, port, certificate, key, count = sys.argv[1], int(sys.argv[2]), *sys.argv[3:5], int(sys.argv[5])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
context.load_cert_chain(certificate, key)
async def get(path):
    reader, writer = await asyncio.open_connection(address, port, ssl=context)
    try:
        writer.write(f"GET {path} HTTP/1.0\\r\\nHost: {address}\\r\\n\\r\\n".encode())
        return await reader.read()
    finally:
        writer.close()
async def go_on(generation):
    while True:
        try: await get(f"/v1/gateway/state?since={generation}&wait=60")
        except OSError: pass
        await asyncio.sleep(0.4)
async def main():
    answer = await get("/v1/gateway/state?since=0&wait=0")
    generation = json.loads(answer.partition(b"\\r\\n\\r\\n")[2])["generation"]
    asking = [asyncio.create_task(go_on(generation)) for _ in range(count)]
    await asyncio.sleep(3)
    print("asking", flush=True)
    await asyncio.gather(*asking)
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def rogue(scene: Scene) -> Path:
    return files_of_a_rogue(scene)


@contextmanager
def asking(scene: Scene, files: Path) -> Iterator[None]:
    where = [BASE_INSIDE, "8443", str(files / "gateway.crt"), str(files / "gateway.key"), str(CONNECTIONS)]
    command = scene.lab.host("base").enter([sys.executable, "-c", ASK, *where])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "asking\n"
            yield
        finally:
            process.kill()


def test_a_cut_elsewhere_is_confirmed_and_keys_are_given_meanwhile(scene: Scene, rogue: Path):
    """It was not confirmed within 150 s, and for 14 minutes after the attacker had left."""
    for _ in range(rounds(suite=1, soak=20)):
        box = scene.new_box()
        with asking(scene, rogue):
            with scene.asking(box) as asker:
                asker.wait_until_given()
            case, answered = scene.report(box)
            confirmed = scene.wait_until_confirmed(case, seconds=30)
        note("one gateway asks without end", f"cut off {confirmed['confirmed_at']}, opened {confirmed['opened_at']}")
        assert answered


def test_after_it_has_left_everything_is_as_before(scene: Scene, rogue: Path):
    box = scene.new_box()
    with asking(scene, rogue):
        pass
    case, _ = scene.report(box)
    scene.wait_until_confirmed(case, seconds=30)

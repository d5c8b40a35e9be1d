"""Somebody has a gateway's certificate and key and waits for news at the real doors; then staff revoke the gateway."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.laboratory import GATEWAYS_PORT
from lab.topology import BASE_INSIDE
from tests.support.rogue_gateway import files_of_a_rogue
from tests.support.scene import Scene
from tests.support.soaking import note

pytestmark = pytest.mark.root
NAME = "gateway-stolen"

# ADDRESS PORT CERTIFICATE KEY: asks both questions that wait, for a minute each; then each call once more.
# Prints each answer's status, and when (seconds of the monotonic clock) it had come.
ASK = """
import http.client, json, ssl, sys, threading, time
address, port, certificate, key = sys.argv[1], int(sys.argv[2]), *sys.argv[3:5]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
context.load_cert_chain(certificate, key)
def call(method, path, body=None):
    door = http.client.HTTPSConnection(address, port, context=context, timeout=90)
    door.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
    answer = door.getresponse()
    return answer.status, answer.read()
def tell(*what):
    print(json.dumps(what), flush=True)
def wait(name, *asked):
    status, _ = call(*asked)
    tell(name, status, time.monotonic())
status, text = call("GET", "/v1/gateway/state?since=0&wait=0")
known = json.loads(text)["generation"]
waits = [threading.Thread(target=wait, args=arguments) for arguments in (
    ("state", "GET", f"/v1/gateway/state?since={known}&wait=60"),
    ("questions", "POST", "/v1/gateway/session-questions?wait=60", {"answers": []}))]
for one in waits: one.start()
time.sleep(2)
tell("waiting", status, time.monotonic())
for one in waits: one.join()
for name, *asked in (("key", "GET", "/v1/gateway/tls-crypt-v2-key"), ("news", "GET", "/v1/gateway/state?since=0"),
                     ("report", "POST", "/v1/gateway/observed", {}),
                     ("answers", "POST", "/v1/gateway/session-questions", {})):
    tell(name, call(*asked)[0], time.monotonic())
"""


@pytest.fixture(scope="module")
def files(scene: Scene) -> Path:
    return files_of_a_rogue(scene, NAME, "10.95.0.0/16")


def test_what_waits_ends_at_once_and_nothing_is_answered_any_more(scene: Scene, files: Path):
    rows = scene.staff.json("/api/v1/gateways/")["results"]
    gateway = next(row["id"] for row in rows if row["name"] == NAME)
    where = [BASE_INSIDE, str(GATEWAYS_PORT), str(files / "gateway.crt"), str(files / "gateway.key")]
    command = scene.lab.host("base").enter([sys.executable, "-c", ASK, *where])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())[:2] == ["waiting", 200]
            began = time.monotonic()
            revoked = scene.staff.send(f"/api/v1/gateways/{gateway}/revoke/", reason="Taken in the night.")
            answers = {name: (status, at - began) for name, status, at in map(json.loads, process.stdout)}
        finally:
            process.kill()
    assert revoked["revoked_at"]
    waited = max(answers["state"][1], answers["questions"][1])
    note("a stolen gateway's waiting calls", f"ended {waited:.2f} s after the revocation was asked for")
    assert {name: status for name, (status, _) in answers.items()} == dict.fromkeys(
        ("state", "questions", "key", "news", "report", "answers"), 403
    )
    assert waited < 30, "of the sixty seconds that they would have waited"


def test_the_other_gateways_boxes_notice_nothing(scene: Scene):
    box = scene.new_box()
    with scene.asking(box) as asker:
        asker.wait_until_given()
    case, _ = scene.report(box)
    scene.wait_until_confirmed(case, seconds=30)

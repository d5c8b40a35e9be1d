"""The six steps of the story against real OpenVPN, nftables, LUKS and nginx. Each test builds on those before it."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab.laboratory import Laboratory
from lab.visitor import Visitor
from lab.waiting import wait_until
from tests.support.browser.chromium import PHONE, chromium
from tests.support.journey import visitor_signed_in

pytestmark = [pytest.mark.root, pytest.mark.each_database, pytest.mark.xdist_group("journey")]

# As Django's file backend writes several of one connection.
BETWEEN_MAILS = "-" * 79
STOLEN, OTHERS, CUSTOMER = "a1", ("a2", "b1", "b2"), "Harbour Logistics"


@pytest.fixture(scope="module")
def contact(laboratory: Laboratory) -> Visitor:
    return visitor_signed_in(laboratory, "anna@")


def sensors_seen_by(visitor: Visitor) -> dict[str, dict[str, Any]]:
    return {sensor["name"]: sensor for sensor in visitor.json("/api/v1/sensors/")["results"]}


def the_case(visitor: Visitor) -> dict[str, Any]:
    [case] = visitor.json("/api/v1/cases/")["results"]
    return dict(case)


def openvpn_log(laboratory: Laboratory, name: str) -> str:
    supervisor = laboratory.sensors[name].openvpn
    assert supervisor is not None
    return supervisor.log.read_text()


def ask_for_key(laboratory: Laboratory, name: str) -> tuple[int, str]:
    """As the box's certificate, but from base itself: status and body."""
    folder = laboratory.sensors[name].directory
    command = ["curl", "-sS", "-X", "POST", "-w", "\n%{http_code}", "https://10.20.0.10:8443/v1/disk-key"]
    for option, file in (("--cert", "client.crt"), ("--key", "client.key"), ("--cacert", "ca.crt")):
        command += [option, str(folder / file)]
    done = subprocess.run(laboratory.host("base").enter(command), capture_output=True, check=True, timeout=30)
    body, _, status = done.stdout.decode(errors="replace").rpartition("\n")
    return int(status), body


def test_each_sensor_encrypts_its_disk_and_opens_it_with_the_key_from_base(laboratory: Laboratory):
    for box in laboratory.sensors.values():
        box.format_disk()
        assert "the key open" in box.prove_unlock()


def test_base_reaches_every_sensor_and_no_sensor_reaches_another(laboratory: Laboratory):
    assert laboratory.sensors_that_base_reaches() == dict.fromkeys(laboratory.sensors, True)
    assert laboratory.sensors_that_meet() == []


def test_a_key_is_not_given_to_the_right_certificate_at_the_wrong_address(laboratory: Laboratory):
    status, body = ask_for_key(laboratory, "a2")
    assert (status, json.loads(body)["reason"]) == (403, "not-through-own-tunnel")


def test_only_the_signer_is_given_the_ca_key_and_only_it_and_the_machines_door_the_escrows(laboratory: Laboratory):
    held = {
        name: {
            variable.split("=")[0]
            for variable in Path(f"/proc/{process.pid}/environ").read_text().split("\0")
            if variable.startswith(("NSMAAS_CA", "NSMAAS_KEY"))
        }
        for name, process in laboratory.portal.running.items()
    }
    ca, escrow = {"NSMAAS_CA_KEY_FILE", "NSMAAS_CA_PASSPHRASE_FILE"}, {"NSMAAS_KEY_ENCRYPTION_KEY_FILE"}
    assert held == {
        "people": set(),
        "machines-sensors": escrow,
        "machines-gateways": escrow,
        "machines-reports": escrow,
        "signer": ca | escrow,
        "worker": set(),
        "beat": set(),
    }


def test_a_contact_reports_a_box_in_the_browser_and_watches_it_being_cut_off(
    laboratory: Laboratory, contact: Visitor, capsys: pytest.CaptureFixture[str]
):
    before = sensors_seen_by(contact)
    assert set(before) == {laboratory.sensors["a1"].facts.name, laboratory.sensors["a2"].facts.name}
    login = next(login for login in laboratory.fleet.logins if login.email.startswith("anna@"))
    name = laboratory.sensors[STOLEN].facts.name
    with chromium() as browser:
        page = browser.new_page(base_url=laboratory.portal.settings.base_url, viewport=PHONE)  # type: ignore[arg-type]
        page.goto("/")
        page.get_by_label("E-mail").fill(login.email)
        page.get_by_label("Password").fill(login.password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Sensors").first.click()
        page.get_by_role("link", name=name, exact=True).first.click()
        page.get_by_role("link", name="Report lost or stolen").first.click()
        page.get_by_label("Stolen").check()
        page.get_by_role("button", name="Cut off now").click()
        page.wait_for_url("**/cases/*/")
        page.get_by_role("heading", name="Cut off", exact=True).wait_for(timeout=20_000)
        measured = page.get_by_text("after the report").first.inner_text()
    case = the_case(contact)
    assert case["confirmed_at"] is not None
    assert all(measure["done_at"] for measure in case["measures"])
    with capsys.disabled():
        print(f"\n    the case page says: {measured}")


def test_the_stolen_box_has_no_tunnel_and_the_others_never_lost_theirs(laboratory: Laboratory, contact: Visitor):
    reached = laboratory.sensors_that_base_reaches()
    assert reached == {STOLEN: False, **dict.fromkeys(OTHERS, True)}
    logs = [openvpn_log(laboratory, name) for name in OTHERS]
    assert [log.count("Initialization Sequence Completed") for log in logs] == [1, 1, 1]
    assert not any("Restart" in log or "SIGUSR1" in log for log in logs)


def test_its_key_request_would_be_refused_even_if_its_tunnel_were_up(laboratory: Laboratory):
    status, body = ask_for_key(laboratory, STOLEN)
    assert (status, json.loads(body)["reason"]) == (403, "case-open")


def test_its_attempts_appear_as_sightings_with_time_and_source(laboratory: Laboratory, contact: Visitor):
    def seen() -> list[dict[str, Any]]:
        sightings = the_case(contact)["sightings"]
        return [sighting for sighting in sightings if sighting["source_address"] == "198.51.100.21"]

    sightings = wait_until(seen, what="a sighting of the stolen box", timeout=90, interval=0.5)
    certificate = laboratory.sensors[STOLEN].directory / "client.crt"
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-serial", "-in", str(certificate)], capture_output=True, text=True, check=True
    )
    assert int(sightings[0]["serial"]) == int(shown.stdout.split("=")[1], 16)


def test_provider_and_contacts_were_told_and_the_other_customer_was_not(laboratory: Laboratory, contact: Visitor):
    folder = laboratory.portal.settings.state / "mail"

    def told() -> set[str]:
        mails = [mail for file in folder.glob("*") for mail in file.read_text().split(BETWEEN_MAILS)]
        mails = [mail for mail in mails if CUSTOMER in mail]  # each is told of its own site, besides
        addresses = {login.email for login in laboratory.fleet.logins}
        return {address for address in addresses for mail in mails if f"To: {address}" in mail}

    expected = {login.email for login in laboratory.fleet.logins if "meadow" not in login.email}
    wait_until(lambda: told() >= expected, what="all mails to be sent", timeout=60, interval=0.5)
    assert told() == expected


def test_the_signed_revocation_list_holds_the_box(laboratory: Laboratory, contact: Visitor, tmp_path: Path):
    folder = laboratory.sensors[STOLEN].directory
    url = f"{laboratory.portal.settings.base_url}/pki/underlay.crl"

    def refused() -> bool:
        der, pem = str(tmp_path / "crl.der"), str(tmp_path / "crl.pem")
        subprocess.run(["curl", "-sSf", "-o", der, url], check=True, timeout=30)
        subprocess.run(["openssl", "crl", "-inform", "DER", "-in", der, "-out", pem], check=True)
        command = ["openssl", "verify", "-crl_check", "-CAfile", str(folder / "ca.crt"), "-CRLfile", pem]
        command.append(str(folder / "client.crt"))
        verified = subprocess.run(command, capture_output=True, text=True, check=False)
        return "certificate revoked" in verified.stderr + verified.stdout

    wait_until(refused, what="the revocation list to hold the stolen box", timeout=60, interval=0.5)


def test_the_other_customers_contact_sees_nothing_of_it(laboratory: Laboratory, contact: Visitor):
    stranger = visitor_signed_in(laboratory, "ben@")
    assert stranger.json("/api/v1/cases/")["results"] == []
    assert not set(sensors_seen_by(stranger)) & set(sensors_seen_by(contact))


def test_every_audit_chain_verifies(laboratory: Laboratory):
    lines = laboratory.portal.manage("verify_audit").splitlines()
    assert len(lines) == 3
    assert all(line.endswith("unbroken") for line in lines)


def test_no_disk_key_lies_anywhere_outside_its_envelope(laboratory: Laboratory):
    """Found through the machines' door's own escrow, then searched for in all files of the run in three spellings."""
    script = (
        "from pki.escrow.vault import open_disk_keys as o; import sys; sys.stdout.write(o(subjects=[%r])[%r].hex())"
    )
    subject = laboratory.sensors["a2"].subject
    key = laboratory.portal.manage(
        "shell", "--verbosity", "0", "-c", script % (subject, subject), process="machines"
    ).strip()
    assert len(key) == 128
    planted = laboratory.directory.path / "planted"
    planted.write_bytes(bytes.fromhex(key))
    assert holders_of(bytes.fromhex(key), laboratory.directory.path) == [planted]


def holders_of(secret: bytes, folder: Path) -> list[Path]:
    spellings = (secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"="))
    files = [Path(top) / name for top, _, names in os.walk(folder) for name in names]
    return [file for file in files if file.is_file() and any(spelling in file.read_bytes() for spelling in spellings)]

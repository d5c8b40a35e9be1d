from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.support.authority import Authority
from tests.support.sensor_kit.doors import Door
from tests.support.sensor_kit.kit import SUBJECT, Sensor
from tests.support.sensor_kit.renewal import RENEW_PATH, assert_renewed, csr_of
from tests.support.sensor_kit.tunnel import PAIR, Tunnel, pair_in


def test_a_pair_with_which_the_tunnel_comes_up_stays(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    assert_renewed(tunnel.sensor, before)
    assert tunnel.status()["renewal_on_trial"] is True
    done = tunnel.prove()
    assert done.code == 0, done.err
    assert tunnel.calls("systemctl") == ["systemctl try-restart nsm-tunnel.service"]
    assert not (tunnel.sensor.directory / "previous").exists()
    assert pair_in(tunnel.sensor.directory)["client.crt"] != before["client.crt"]
    report = tunnel.status()
    assert report["renewal_on_trial"] is False
    assert (report["last_renewal"]["exit_code"], report["last_renewal"]["text"]) == (0, done.out.strip())


def test_a_pair_with_which_it_does_not_is_put_back_and_that_is_told(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    tunnel.refuse()
    done = tunnel.prove()
    assert done.code == 19
    assert "did not come up" in done.err
    assert "the one before is in place again" in done.err
    assert pair_in(tunnel.sensor.directory) == {name: before[name] for name in PAIR}
    assert tunnel.is_up, "it was started again with the old pair"
    assert len(tunnel.calls("systemctl")) == 2
    assert len(tunnel.calls("sleep")) == 120
    assert not (tunnel.sensor.directory / "previous").exists()
    told = tunnel.status()["last_renewal"]
    assert told["exit_code"] == 19
    assert told["text"] in done.err
    assert told["text"] in tunnel.sensor.run("status").out


def test_the_next_day_it_begins_with_another_key(tunnel: Tunnel, machines_door: Door, before: dict[str, bytes]) -> None:
    tunnel.refuse()
    assert tunnel.prove().code == 19
    assert tunnel.sensor.run("renew").code == 0
    first, second = machines_door.to(RENEW_PATH)
    assert csr_of(first) != csr_of(second)
    assert tunnel.prove().code == 0


def test_an_address_is_no_proof_while_the_device_is_that_of_before(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    """systemctl does nothing for a unit that does not run: then the tunnel that is up has the old certificate."""
    tunnel.note("idle")
    assert tunnel.prove().code == 19
    assert pair_in(tunnel.sensor.directory) == {name: before[name] for name in PAIR}


def test_without_a_restart_nothing_is_decided(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    tunnel.note("broken")
    done = tunnel.prove()
    assert done.code == 1
    assert "could not be restarted" in done.err
    assert_renewed(tunnel.sensor, before)
    (tunnel.folder / "broken").unlink()
    assert tunnel.prove().code == 0


@pytest.mark.parametrize("fault", ["ended", "no key", "another key"])
def test_a_pair_that_is_good_no_more_is_not_put_back(tunnel: Tunnel, authority: Authority, fault: str) -> None:
    previous, renewed = tunnel.sensor.directory / "previous", pair_in(tunnel.sensor.directory)
    if fault == "ended":
        give_ended_certificate(previous, authority)
    elif fault == "no key":
        (previous / "client.key").unlink()
    else:
        (previous / "client.key").write_bytes(renewed["client.key"])
    tunnel.refuse()
    done = tunnel.prove()
    assert done.code == 19
    assert "cannot be used any more" in done.err
    assert pair_in(tunnel.sensor.directory) == renewed


def give_ended_certificate(folder: Path, authority: Authority) -> None:
    key = serialization.load_pem_private_key((folder / "client.key").read_bytes(), None)
    (folder / "client.crt").write_text(authority.certify(SUBJECT, key.public_key(), days=-1))


def test_without_a_renewal_there_is_nothing_to_prove_and_no_restart(sensor: Sensor) -> None:
    tunnel = Tunnel(sensor)
    done = tunnel.prove()
    assert (done.code, done.err) == (0, "")
    assert tunnel.calls("systemctl") == []


def test_a_device_that_is_not_known_proves_nothing(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    settings = tunnel.sensor.directory / "sensor.conf"
    settings.write_text(settings.read_text().replace("tunnel_device=lo\n", ""))
    assert tunnel.prove().code == 3
    assert tunnel.calls("systemctl") == []
    assert pair_in(tunnel.sensor.directory / "previous") == {name: before[name] for name in PAIR}


def test_two_renewals_in_a_row_keep_the_pair_that_has_connected(tunnel: Tunnel, before: dict[str, bytes]) -> None:
    assert tunnel.sensor.run("renew").code == 0
    assert_renewed(tunnel.sensor, before)
    tunnel.refuse()
    assert tunnel.prove().code == 19
    assert pair_in(tunnel.sensor.directory) == {name: before[name] for name in PAIR}

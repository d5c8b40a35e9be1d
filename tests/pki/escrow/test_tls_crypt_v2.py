"""tls-crypt-v2 keys, against OpenVPN's own key generator."""

import base64
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pki.escrow.tls_crypt_v2 import (
    LONGEST_METADATA,
    TlsCryptV2Refused,
    generate_server_key,
    make_client_key,
    server_key_to_pem,
    wrap_client_key,
)
from tests.support.pki.unwrapping import body_of, unwrap

SERVER_KEY = generate_server_key()
SUBJECT = "s-abcdefghijkl"


def openvpn(folder: Path, *arguments: str) -> None:
    subprocess.run(["openvpn", *arguments], cwd=folder, check=True, capture_output=True, timeout=20)


def test_the_subject_comes_back_as_user_metadata():
    unwrapped = unwrap(server_key=SERVER_KEY, pem=make_client_key(server_key=SERVER_KEY, subject=SUBJECT))
    assert (unwrapped.kind, unwrapped.metadata) == (0, SUBJECT.encode())


def test_each_client_key_is_a_new_one():
    assert body_of(make_client_key(server_key=SERVER_KEY, subject=SUBJECT)) != body_of(
        make_client_key(server_key=SERVER_KEY, subject=SUBJECT)
    )


@pytest.mark.live
def test_we_write_a_server_key_as_openvpn_does(tmp_path):
    openvpn(tmp_path, "--genkey", "tls-crypt-v2-server", "server.key")
    pem = (tmp_path / "server.key").read_text()
    assert server_key_to_pem(body_of(pem)) == pem


@pytest.mark.live
def test_given_the_same_key_we_write_what_openvpn_wrote_under_our_server_key(tmp_path):
    (tmp_path / "server.key").write_text(server_key_to_pem(SERVER_KEY))
    arguments = ["--tls-crypt-v2", "server.key", "--genkey", "tls-crypt-v2-client", "client.key"]
    openvpn(tmp_path, *arguments, base64.b64encode(b"some data").decode())
    theirs = (tmp_path / "client.key").read_text()
    unwrapped = unwrap(server_key=SERVER_KEY, pem=theirs)
    assert unwrapped.metadata == b"some data"
    assert wrap_client_key(server_key=SERVER_KEY, key=unwrapped.key, metadata=b"some data") == theirs


@given(metadata=st.binary(max_size=LONGEST_METADATA))
def test_any_metadata_that_fits_comes_back(metadata):
    unwrapped = unwrap(
        server_key=SERVER_KEY, pem=wrap_client_key(server_key=SERVER_KEY, key=bytes(256), metadata=metadata)
    )
    assert (unwrapped.key, unwrapped.metadata) == (bytes(256), metadata)


def test_metadata_that_does_not_fit_is_refused():
    with pytest.raises(TlsCryptV2Refused, match="733"):
        wrap_client_key(server_key=SERVER_KEY, key=bytes(256), metadata=bytes(LONGEST_METADATA + 1))


def test_keys_of_a_wrong_length_are_refused():
    with pytest.raises(TlsCryptV2Refused, match="256 bytes"):
        wrap_client_key(server_key=SERVER_KEY, key=bytes(255), metadata=b"")
    with pytest.raises(TlsCryptV2Refused, match="128 bytes"):
        make_client_key(server_key=bytes(127), subject=SUBJECT)
    with pytest.raises(TlsCryptV2Refused, match="128 bytes"):
        server_key_to_pem(bytes(129))

"""tls-crypt-v2 keys, against OpenVPN's own key generator."""

import base64
import os
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
    server_key_from_pem,
    server_key_to_pem,
    unwrap_client_key,
    wrap_client_key,
)

SERVER_KEY = generate_server_key()
SUBJECT = "s-abcdefghijkl"


def openvpn(folder: Path, *arguments: str) -> None:
    subprocess.run(["openvpn", *arguments], cwd=folder, check=True, capture_output=True, timeout=20)


def test_the_subject_comes_back_as_user_metadata():
    unwrapped = unwrap_client_key(server_key=SERVER_KEY, pem=make_client_key(server_key=SERVER_KEY, subject=SUBJECT))
    assert unwrapped.metadata == SUBJECT.encode()
    assert unwrapped.metadata_type == 0


@pytest.mark.live
def test_we_read_the_server_key_that_openvpn_makes(tmp_path):
    openvpn(tmp_path, "--genkey", "tls-crypt-v2-server", "server.key")
    pem = (tmp_path / "server.key").read_text()
    assert server_key_to_pem(server_key_from_pem(pem)) == pem


@pytest.mark.live
def test_we_unwrap_the_client_key_that_openvpn_makes_under_our_server_key(tmp_path):
    (tmp_path / "server.key").write_text(server_key_to_pem(SERVER_KEY))
    metadata = base64.b64encode(SUBJECT.encode()).decode()
    arguments = ["--tls-crypt-v2", "server.key", "--genkey", "tls-crypt-v2-client", "client.key", metadata]
    openvpn(tmp_path, *arguments)
    unwrapped = unwrap_client_key(server_key=SERVER_KEY, pem=(tmp_path / "client.key").read_text())
    assert unwrapped.metadata == SUBJECT.encode()
    assert unwrapped.metadata_type == 0


@pytest.mark.live
def test_given_the_same_key_we_write_what_openvpn_wrote(tmp_path):
    (tmp_path / "server.key").write_text(server_key_to_pem(SERVER_KEY))
    arguments = ["--tls-crypt-v2", "server.key", "--genkey", "tls-crypt-v2-client", "client.key"]
    openvpn(tmp_path, *arguments, base64.b64encode(b"some data").decode())
    theirs = (tmp_path / "client.key").read_text()
    key = unwrap_client_key(server_key=SERVER_KEY, pem=theirs).key
    assert wrap_client_key(server_key=SERVER_KEY, key=key, metadata=b"some data") == theirs


@given(metadata=st.binary(max_size=LONGEST_METADATA))
def test_any_metadata_that_fits_comes_back(metadata):
    pem = wrap_client_key(server_key=SERVER_KEY, key=bytes(256), metadata=metadata)
    unwrapped = unwrap_client_key(server_key=SERVER_KEY, pem=pem)
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


def test_another_server_does_not_unwrap_it():
    pem = make_client_key(server_key=SERVER_KEY, subject=SUBJECT)
    with pytest.raises(TlsCryptV2Refused, match="not wrapped by this server"):
        unwrap_client_key(server_key=generate_server_key(), pem=pem)


@given(data=st.data())
def test_a_changed_bit_is_noticed(data):
    lines = make_client_key(server_key=SERVER_KEY, subject=SUBJECT).splitlines()
    body = bytearray(base64.b64decode("".join(lines[1:-1])))
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = "\n".join([lines[0], base64.b64encode(body).decode(), lines[-1]])
    with pytest.raises(TlsCryptV2Refused):
        unwrap_client_key(server_key=SERVER_KEY, pem=changed)


@given(body=st.binary(max_size=700))
def test_any_bytes_in_a_frame_are_refused(body):
    encoded = base64.encodebytes(body).decode()
    label = "OpenVPN tls-crypt-v2 client key-----"
    with pytest.raises(TlsCryptV2Refused):
        unwrap_client_key(server_key=SERVER_KEY, pem=f"-----BEGIN {label}\n{encoded}-----END {label}\n")


@given(text=st.text())
def test_any_text_is_refused(text):
    with pytest.raises(TlsCryptV2Refused):
        unwrap_client_key(server_key=SERVER_KEY, pem=text)
    with pytest.raises(TlsCryptV2Refused):
        server_key_from_pem(text)


def test_a_client_key_is_no_server_key_and_the_reverse():
    with pytest.raises(TlsCryptV2Refused):
        server_key_from_pem(make_client_key(server_key=SERVER_KEY, subject=SUBJECT))
    with pytest.raises(TlsCryptV2Refused):
        unwrap_client_key(server_key=SERVER_KEY, pem=server_key_to_pem(os.urandom(128)))


def test_what_is_refused_is_not_repeated_in_the_message():
    pem = server_key_to_pem(SERVER_KEY)
    with pytest.raises(TlsCryptV2Refused) as refused:
        server_key_from_pem(pem.replace("\n", "!\n", 2))
    assert pem.splitlines()[1] not in str(refused.value)


def test_the_key_is_not_in_the_repr():
    unwrapped = unwrap_client_key(server_key=SERVER_KEY, pem=make_client_key(server_key=SERVER_KEY, subject=SUBJECT))
    assert repr(unwrapped.key) not in repr(unwrapped)

"""Key and certificate of this gateway: the pair in use, the one that is to come, the one before as the way back.

A pair is two files, so there is a moment in which they do not fit: `mend_pair` finishes or undoes what was interrupted.
"""

from gateway.agent_directory import AgentDirectory
from gateway.atomic_files import read_if_there, write_atomically
from gateway.to_portal.certificates import fits, key_to_pem, make_csr, make_key


def prepare_next(directory: AgentDirectory) -> bytes:
    """The request for the next certificate: the same again after any interruption, as a signature differs each time."""
    csr = read_if_there(directory.next_csr)
    if csr is None or read_if_there(directory.next_key) is None:
        key = make_key()
        csr = make_csr(key)
        forget_next(directory)
        write_atomically(directory.next_key, key_to_pem(key), mode=0o600)
        write_atomically(directory.next_csr, csr, mode=0o600)
    return csr


def forget_next(directory: AgentDirectory) -> None:
    for path in (directory.next_csr, directory.next_certificate, directory.next_key):
        path.unlink(missing_ok=True)


def install_next(directory: AgentDirectory) -> None:
    """The pair in use becomes the way back first."""
    write_atomically(directory.old_key, directory.key.read_bytes(), mode=0o600)
    write_atomically(directory.old_certificate, directory.certificate.read_bytes(), mode=0o644)
    write_atomically(directory.key, directory.next_key.read_bytes(), mode=0o600)
    write_atomically(directory.certificate, directory.next_certificate.read_bytes(), mode=0o644)
    forget_next(directory)


def put_old_back(directory: AgentDirectory) -> None:
    write_atomically(directory.key, directory.old_key.read_bytes(), mode=0o600)
    write_atomically(directory.certificate, directory.old_certificate.read_bytes(), mode=0o644)
    forget_old(directory)


def forget_old(directory: AgentDirectory) -> None:
    for path in (directory.old_certificate, directory.old_key):
        path.unlink(missing_ok=True)


def mend_pair(directory: AgentDirectory) -> None:
    """Whatever was interrupted in between: afterwards key and certificate fit, if any pair of files here does."""
    key, certificate = read_if_there(directory.key), read_if_there(directory.certificate)
    if fits(key, certificate):
        return
    coming, before = read_if_there(directory.next_certificate), read_if_there(directory.old_certificate)
    if coming and fits(key, coming):
        write_atomically(directory.certificate, coming, mode=0o644)
        forget_next(directory)
    elif before and fits(read_if_there(directory.old_key), before):
        put_old_back(directory)

"""Limits for each address at the doors, from the same nftables file that a production host uses."""

from collections.abc import Mapping
from pathlib import Path

from lab.namespaces import Namespace
from lab.portal import CHECKOUT

RULES = CHECKOUT / "portal" / "deploy" / "doors.nft"
# The file has one of its own, for those who do not say it.
_HAS_DEFAULT = {"challenge_port"}


def limit_connections(base: Namespace, *, directory: Path, addresses: Mapping[str, str]) -> None:
    """Load the table into base's namespace. `addresses` are the definitions that the file's head tells of."""
    words = {name: "redefine" if name in _HAS_DEFAULT else "define" for name in addresses}
    definitions = [f"{words[name]} {name} = {value}\n" for name, value in addresses.items()]
    (directory / "doors-addresses.nft").write_text("".join(definitions))
    base.run("nft", "-I", str(directory), "-f", str(RULES))

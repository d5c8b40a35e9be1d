"""Any server.conf that the list of directives allows, made from the list itself."""

import re
from typing import Any

from hypothesis import strategies as st

from gateway.state.openvpn_directives import DIRECTIVES, REQUIRED
from gateway.state.openvpn_forms import CIPHERS, GROUPS

UNDERLAYS = (
    "10.88.0.0 255.255.0.0",
    "10.64.0.0 255.255.128.0",
    "172.16.0.0 255.255.255.248",
    "192.168.0.0 255.255.0.0",
)
RANGE = re.compile(r"<([0-9]+)-([0-9]+)>")


def _word(wanted: str) -> st.SearchStrategy[str]:
    if found := RANGE.fullmatch(wanted):
        return st.integers(int(found[1]), int(found[2])).map(str)
    if wanted in ("<ciphers>", "<groups>"):
        names = sorted(CIPHERS if wanted == "<ciphers>" else GROUPS)
        return st.lists(st.sampled_from(names), min_size=1, unique=True).map(":".join)
    return st.just(wanted)


def _line(name: str) -> st.SearchStrategy[str]:
    if name == "server":
        return st.sampled_from(UNDERLAYS).map(lambda words: f"server {words} nopool")
    if name == "keepalive":
        return st.integers(1, 60).flatmap(
            lambda first: st.integers(2 * first, 300).map(lambda second: f"keepalive {first} {second}")
        )
    if name == "max-clients":
        return st.integers(1, 5).map(lambda most: f"max-clients {most}")
    alternatives = [st.tuples(*map(_word, form.split())) for form in DIRECTIVES[name].split("|")]
    return st.one_of(*alternatives).map(lambda words: " ".join((name, *words)))


@st.composite
def server_confs(draw: Any, *, pushed: tuple[str, ...] = ('push "route 10.20.0.0 255.255.255.0"',)) -> str:
    others = draw(st.sets(st.sampled_from(sorted(DIRECTIVES.keys() - set(REQUIRED)))))
    lines = [draw(_line(name)) for name in (*REQUIRED, *sorted(others))]
    lines += draw(st.lists(st.sampled_from(pushed), max_size=1)) if pushed else []
    return "\n".join(draw(st.permutations(lines))) + "\n"

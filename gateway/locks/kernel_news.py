"""Hears from the kernel that somebody has changed nft's rules or those of routing (netlink(7)); ours are among them.

What was changed it does not say, and nobody relies on having heard of everything: the slow look finds the rest.
"""

import contextlib
import socket

NETLINK_NETFILTER = 12
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 270, 1
# linux/netfilter/nfnetlink.h and linux/rtnetlink.h.
NFNLGRP_NFTABLES, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE = 7, 8, 19
CHUNK = 65536
# A cut is not kept waiting by the look at what it has changed itself.
LOOK_AFTER_SECONDS = 0.3
# Where the kernel does not tell.
LOOK_EVERY_SECONDS = 1.0


class KernelNews:
    """`next_look` is when, on the monotonic clock, the rules ought to be looked at."""

    def __init__(self) -> None:
        self.sockets: list[socket.socket] = []
        self.next_look = 0.0
        try:
            self._listen(NETLINK_NETFILTER, NFNLGRP_NFTABLES)
            self._listen(socket.NETLINK_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE)
        except OSError:
            self.close()

    def hear(self, now: float) -> None:
        """Also for an error, which is how the kernel says that there was more than it could keep."""
        for one in self.sockets:
            with contextlib.suppress(OSError):
                while one.recv(CHUNK):
                    pass
        self.next_look = min(self.next_look, now + LOOK_AFTER_SECONDS)

    def looked(self, now: float) -> None:
        self.next_look = float("inf") if self.sockets else now + LOOK_EVERY_SECONDS

    def close(self) -> None:
        for one in self.sockets:
            one.close()
        self.sockets = []

    def _listen(self, protocol: int, *groups: int) -> None:
        made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self.sockets.append(made)
        made.setblocking(False)
        made.bind((0, 0))
        for group in groups:
            made.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)

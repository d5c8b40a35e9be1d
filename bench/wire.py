"""`python -m bench.wire send|watch`: probes into a tunnel, and what comes out of the gateway on the other side.

`send` runs at base and reads addresses: to the latest it sends a datagram every INTERVAL seconds. `watch` runs where
the boxes are and writes a line for each datagram of the gateway: the moment (time.monotonic_ns) and the box's UDP
port. That clock is one for the whole machine, so moments of both can be compared with those of others.
"""

import selectors
import socket
import struct
import sys
import time

INTERVAL = 0.002
DISCARD_PORT = 9
_ETH_P_IP = 0x0800
_PACKET_OUTGOING = 4


def send() -> None:
    """Until its input ends."""
    target = None
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        while True:
            if selector.select(INTERVAL if target else None):
                line = sys.stdin.readline()
                if not line:
                    return
                target = line.strip()
            if target:
                try:
                    probe.sendto(b"probe", (target, DISCARD_PORT))
                except OSError:
                    # The firewall's answer to an earlier one: that is what is being measured.
                    continue


def watch(gateway: str, port: int) -> None:
    """Until it is ended."""
    source = socket.inet_aton(gateway)
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP)) as wire:
        while True:
            packet, address = wire.recvfrom(2048)
            header = (packet[0] & 15) * 4
            if address[2] == _PACKET_OUTGOING or packet[9] != socket.IPPROTO_UDP or packet[12:16] != source:
                continue
            from_port, to_port = struct.unpack("!HH", packet[header : header + 4])
            if from_port == port:
                sys.stdout.write(f"{time.monotonic_ns()} {to_port}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    try:
        send() if sys.argv[1] == "send" else watch(sys.argv[2], int(sys.argv[3]))
    except KeyboardInterrupt:
        sys.exit(130)

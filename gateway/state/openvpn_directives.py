"""What a server.conf from the portal may say: directive AND values (openvpn(8), 2.6). Anything else is refused.

A second OpenVPN may listen by TCP, for sites that let no UDP out: what it may say is `TCP_DIRECTIVES`.

No line here starts a program, loads a library, opens a socket or names a file other than the agent's own, and none
weakens what the tunnel or a cut-off relies on. Add what a feature needs with the narrowest form that it can do with.
"""

# The notation is told in `openvpn_forms`. A directive may stand once, but for `push`.
DIRECTIVES = {
    "ca": "ca.crt",
    "ccd-exclusive": "",
    "cert": "gateway.crt",
    "client-config-dir": "ccd",
    "connect-freq": "<10-100000> <1-60>",
    "connect-freq-initial": "<10-100000> <1-60>",
    "crl-verify": "crl dir",
    "data-ciphers": "<ciphers>",
    "dev": "tun0",
    "dev-type": "tun",
    "dh": "none",
    "disable-dco": "",
    # Without it the `kill` of a cut may end OpenVPN itself.
    "fast-io": "",
    "group": "nogroup|nobody|openvpn",
    "hand-window": "<10-60>",
    "keepalive": "<1-60> <2-300>",
    "key": "gateway.key",
    "management": "management.sock unix",
    "management-client-user": "root",
    "management-log-cache": "<100-10000>",
    "max-clients": "<1-65533>",
    "mssfix": "<576-1500>",
    "multihome": "",
    "persist-key": "",
    "persist-tun": "",
    "port": "<1-65535>",
    "proto": "udp|udp4|udp6",
    "rcvbuf": "<65536-67108864>",
    "remote-cert-tls": "client",
    "server": "<address> <netmask> nopool",
    "sndbuf": "<65536-67108864>",
    "tls-cert-profile": "preferred|suiteb",
    "tls-crypt-v2": "tls-crypt-v2-server.key",
    "tls-groups": "<groups>",
    "tls-version-min": "1.3",
    "topology": "subnet",
    "tun-mtu": "<1280-9000>",
    "txqueuelen": "<100-10000>",
    "user": "nobody|openvpn",
    # Below 3 the log may not name who was turned away, which is a sighting; above 4 each packet is a line.
    "verb": "<3-4>",
    "verify-client-cert": "require",
}
REQUIRED = (
    "ca",
    "ccd-exclusive",
    "cert",
    "client-config-dir",
    "crl-verify",
    "dev",
    "dh",
    "fast-io",
    "group",
    "keepalive",
    "key",
    "management",
    "management-client-user",
    "remote-cert-tls",
    "server",
    "tls-crypt-v2",
    "tls-version-min",
    "topology",
    "user",
    "verb",
    "verify-client-cert",
)
# What may stand between the quotes of `push`: OpenVPN on the box applies it as root.
PUSHED = {"route": "<address> <netmask>"}
MOST_PUSHED = 64

# The second one's device has one address and no network: else the kernel would have two ways to the underlay, and took
# the other one whenever either OpenVPN is started again. The agent leads single boxes there (`locks.sensor_routes`).
# So it cannot say `server`, and says by itself what that stands for.
_OF_UDP_ALONE = frozenset({"connect-freq-initial", "fast-io", "multihome", "server"})
_OF_TCP = {
    "dev": "nsmtcp0",
    "ifconfig": "<address> 255.255.255.255",
    # What `ccd` may give out.
    "ifconfig-push-constraint": "<address> <netmask>",
    "management": "management-tcp.sock unix",
    "mode": "server",
    "proto": "tcp-server|tcp4-server|tcp6-server",
    "socket-flags": "TCP_NODELAY",
    "tls-server": "",
}
TCP_DIRECTIVES = {name: form for name, form in DIRECTIVES.items() if name not in _OF_UDP_ALONE} | _OF_TCP
TCP_REQUIRED = (
    *(name for name in REQUIRED if name not in _OF_UDP_ALONE),
    "ifconfig",
    "ifconfig-push-constraint",
    "mode",
    "proto",
    "tls-server",
)
TCP_PUSHED = PUSHED | {"route-gateway": "<address>", "topology": "subnet"}

"""Configurations as the portal renders them, and an OpenVPN client that fits."""

from typing import Any

GATEWAY = "g-gggggggggggg"
PUBLIC_ADDRESS = "198.51.100.1"

SERVER_CONF = """\
dev tun0
dev-type tun
proto udp
port 1194
topology subnet
server 10.88.0.0 255.255.0.0 nopool
ca ca.crt
cert gateway.crt
key gateway.key
dh none
tls-crypt-v2 tls-crypt-v2-server.key
tls-version-min 1.3
remote-cert-tls client
verify-client-cert require
fast-io
client-config-dir ccd
ccd-exclusive
crl-verify crl dir
management management.sock unix
management-client-user root
user nobody
group nogroup
persist-tun
persist-key
keepalive 5 20
verb 3
"""

OF_UDP_ALONE = ("dev", "proto", "port", "server", "fast-io", "management")
SERVER_TCP_CONF = """\
dev nsmtcp0
proto tcp-server
port 443
mode server
tls-server
ifconfig 10.88.0.1 255.255.255.255
ifconfig-push-constraint 10.88.0.0 255.255.0.0
push "topology subnet"
push "route-gateway 10.88.0.1"
socket-flags TCP_NODELAY
management management-tcp.sock unix
""" + "".join(line + "\n" for line in SERVER_CONF.splitlines() if line.split()[0] not in OF_UDP_ALONE)

FIREWALL = {"base_networks": ["10.20.0.0/24"]}
CONFIG: dict[str, Any] = {"server_conf": SERVER_CONF, "firewall": FIREWALL}
CONFIG_WITH_TCP: dict[str, Any] = {**CONFIG, "server_tcp_conf": SERVER_TCP_CONF}

CLIENT_CONF = f"""\
client
dev tun0
remote {PUBLIC_ADDRESS} 1194 udp
nobind
remote-cert-tls server
verify-x509-name {GATEWAY} name
ca ca.crt
cert client.crt
key client.key
tls-crypt-v2 tls-crypt-v2.key
auth-retry nointeract
connect-retry 1 1
persist-key
verb 3
"""
# First by UDP, and where that is closed by TCP.
CLIENT_CONF_OF_TWO = CLIENT_CONF.replace(
    " 1194 udp\n", f" 1194 udp\nremote {PUBLIC_ADDRESS} 443 tcp-client\nconnect-timeout 10\nhand-window 10\n"
)

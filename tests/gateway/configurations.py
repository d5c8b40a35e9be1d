"""Configurations as the portal renders them, and an OpenVPN client that fits."""

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

FIREWALL = """\
table inet nsmaas {
    set sensors {
        type ipv4_addr
    }
    chain input {
        type filter hook input priority 0; policy accept;
        iifname "tun0" ip saddr != @sensors counter drop
    }
    chain forward {
        type filter hook forward priority 0; policy accept;
        iifname "tun0" oifname "tun0" drop
    }
}
"""
CONFIG = {"server_conf": SERVER_CONF, "firewall": FIREWALL}

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

# shellcheck shell=sh disable=SC2034,SC2154 # the settings are read by settings.sh; what is found out is used elsewhere
# The tunnel's device, which OpenVPN gives its address once base has let it in.

# Sets tunnel to up or down, and tunnel_address.
look_at_tunnel() {
    tunnel_address=''
    [ -z "$tunnel_device" ] || tunnel_address=$(ip -o -4 address show dev "$tunnel_device" up 2>/dev/null |
        awk '{ sub(/\/.*/, "", $4); print $4; exit }')
    tunnel=down
    [ -z "$tunnel_address" ] || tunnel=up
}

# The kernel's number of the device, empty without one. Each start of OpenVPN makes a new device with a new number.
print_tunnel_number() {
    ip -o link show dev "$tunnel_device" 2>/dev/null | sed -n '1s/:.*//p'
}

# Each remote of client.conf: host, port and protocol.
print_remotes() {
    awk '$1 == "proto" { protocol = $2 } $1 == "remote" { host[++n] = $2; port[n] = $3; own[n] = $4 }
        END { for (i = 1; i <= n; i++) print host[i], port[i], own[i] ? own[i] : (protocol ? protocol : "udp") }' \
        "$DIRECTORY/client.conf" 2>/dev/null
}

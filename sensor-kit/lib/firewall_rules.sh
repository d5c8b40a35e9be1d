# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# The rules themselves. Every value in them is a setting that was checked when it was read, or stands here.

# Where docker lets Security Onion's containers and their host reach one another.
CONTAINER_BRIDGES='"docker0", "sobridge", "br-*"'
CONTAINER_NETWORKS='172.17.0.0/24, 172.17.1.0/24'

print_rules() {
    body=$(print_tables)
    printf '%s\n' "$body" | sed "s/@MARK@/$(print_mark)/"
}

# Of what the rules are made: two that differ have another one.
print_mark() {
    print_tables | openssl dgst -sha256 -r | cut -c 1-16
}

print_tables() {
    tunnel_name=${tunnel_device:-tun0}
    cat <<RULES
# Written by nsm-sensor firewall, from sensor.conf and client.conf. Changes made here are lost.
table inet nsm_sensor
delete table inet nsm_sensor
table inet nsm_sensor {
    # Where a person enrols this box again, wherever that is; forgotten by itself.
    set portal_ports {
        type inet_service
        flags timeout
    }
    chain input {
        type filter hook input priority filter; policy drop;
        iifname "lo" accept comment "made-of-@MARK@"
$(print_drops iifname)
        iifname "$tunnel_name" meta nfproto ipv6 drop
$(print_neighbours saddr iifname)
        ct state established,related accept
        iifname "$tunnel_name" accept
        iifname { $CONTAINER_BRIDGES } ip saddr { $CONTAINER_NETWORKS } fib saddr . iif oif exists accept
        ip protocol udp udp sport 67 udp dport 68 accept
        ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } ip6 hoplimit 255 accept
        icmpv6 type mld-listener-query ip6 saddr fe80::/10 accept
    }
    chain forward {
        type filter hook forward priority filter; policy accept;
$(print_drops oifname)
$(print_drops iifname)
$(print_neighbours saddr iifname)
$(print_neighbours daddr oifname)
        ct state established,related accept
        iifname { $CONTAINER_BRIDGES } accept
        iifname "$tunnel_name" oifname { $CONTAINER_BRIDGES } accept
        iifname "$tunnel_name" drop
        oifname { "$tunnel_name", $CONTAINER_BRIDGES } drop
    }
    chain output {
        type filter hook output priority filter; policy drop;
        oifname "lo" accept
$(print_drops oifname)
        oifname "$tunnel_name" meta nfproto ipv6 drop
$(print_neighbours daddr oifname)
        ct state established,related accept
        oifname "$tunnel_name" accept
        oifname { $CONTAINER_BRIDGES } ip daddr { $CONTAINER_NETWORKS } accept
$(print_gateway_ports)
        tcp dport @portal_ports accept
$(print_portal_port)
        udp dport { 53, 67, 123, 547 } accept
        tcp dport 53 accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept
    }
}
table arp nsm_sensor
delete table arp nsm_sensor
table arp nsm_sensor {
    chain output {
        type filter hook output priority filter; policy accept;
$(print_drops oifname)
    }
}
RULES
}

print_sniffing() {
    printf '%s\n' "$sniffing_interfaces" | tr ',' ' '
}

# What sniffs takes no part, as "iifname" or as "oifname".
print_drops() {
    for name in $(print_sniffing); do printf '        %s "%s" drop\n' "$1" "$name"; done
}

# Other sensors. The gateway's own end of the tunnel is none; a box of an older enrolment does not know the network yet.
print_neighbours() {
    [ -n "$underlay" ] || return 0
    number=$(($(print_address_number "${underlay%/*}") + 1))
    printf '        %s "%s" ip %s %s ip %s != %s drop\n' "$2" "$tunnel_name" "$1" "$underlay" "$1" \
        "$((number >> 24)).$((number >> 16 & 255)).$((number >> 8 & 255)).$((number & 255))"
}

print_gateway_ports() {
    print_remotes | awk '{ print "        " (substr($3, 1, 3) == "tcp" ? "tcp" : "udp") " dport " $2 " accept" }' | sort -u
}

print_portal_port() {
    [ -z "$portal_url" ] || printf '        tcp dport %s accept\n' "$(print_port "$portal_url")"
}

# INTERFACE...
print_silence() {
    printf 'table netdev nsm_sensor\ndelete table netdev nsm_sensor\ntable netdev nsm_sensor {\n'
    for name in "$@"; do
        printf '    chain silent-%s {\n        type filter hook egress device "%s" priority 0; policy drop;\n    }\n' \
            "$name" "$name"
    done
    printf '}\n'
}

# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh, tell and the options stand in check.sh
# Clock, certificate and the way to base.

# How far this box's clock may be from the portal's.
MOST_SECONDS_APART=120
# How long a gateway has for its first answer.
PROBE_SECONDS=6

check_clock() {
    now=$(date +%s)
    there=$(print_portal_seconds)
    apart=0
    [ -z "$there" ] || apart=$((now - there))
    [ "$apart" -ge 0 ] || apart=$((0 - apart))
    look_at_clock
    if [ -n "$clock_fault" ]; then
        tell fault clock "this box says $(print_time "$now"), but $clock_fault: nsm-sensor clock sets it; to keep it right," \
            "let time servers through (UDP 123)"
    elif [ "$apart" -gt "$MOST_SECONDS_APART" ]; then
        tell fault clock "this box says $(print_time "$now"), the portal $(print_time "$there"): set the clock, and let" \
            "time servers through (UDP 123) or name one of this site's own"
    elif is_set_by_time_server; then
        tell ok clock "set by a time server, $(print_time "$now")"
    else
        tell fault clock "no time server sets it ($(print_time "$now")): let UDP 123 through, or name a time server of this" \
            "site (chrony.conf or timesyncd.conf)"
    fi
}

# Its people's door, and nothing but the hour: with a clock that is wrong no certificate can be judged.
print_portal_seconds() {
    [ -n "$portal_url" ] || return 0
    said=$(curl -q --silent --head --insecure --noproxy '*' --max-time 5 --url "$portal_url/" 2>/dev/null |
        sed -n 's/^[Dd]ate: *//p' | tr -d '\r' | head -n 1)
    [ -z "$said" ] || date -d "$said" +%s 2>/dev/null || :
}

check_certificate() {
    look_at_certificate
    for name in ca.crt tls-crypt-v2.key client.conf; do
        [ -s "$DIRECTORY/$name" ] || {
            tell fault certificate "$DIRECTORY/$name is missing: nsm-sensor enrol --again, with a new code"
            return 0
        }
    done
    case $certificate_state in
        missing) tell fault certificate "there is none that can be read: nsm-sensor enrol --again, with a new code" ;;
        early) tell fault certificate "it begins at $certificate_begins, so this box's clock is wrong" ;;
        ended) tell fault certificate "it has ended at $certificate_ends: nsm-sensor enrol --again, with a new code" ;;
        *)
            if [ "$(openssl x509 -in "$DIRECTORY/client.crt" -noout -pubkey 2>/dev/null)" = \
                "$(openssl pkey -in "$DIRECTORY/client.key" -pubout 2>/dev/null || printf 'no key')" ]; then
                tell ok certificate "of $subject, until $certificate_ends"
            else
                tell fault certificate "it is not for the key beside it: nsm-sensor enrol --again, with a new code"
            fi
            ;;
    esac
}

# A gateway that cannot be reached is a fault only if no other way leads there: the second is for sites that close the first.
check_gateways() {
    reached=0 silent=''
    folder=$(mktemp -d) || die "$FAILED" "no folder could be made in ${TMPDIR:-/tmp}"
    make_stranger
    while read -r host port protocol; do
        [ -n "$host" ] || continue
        look_at_gateway
        [ -n "$found" ] || { reached=$((reached + 1)); tell ok gateway "$host answers on $protocol port $port"; continue; }
        silent="$silent$found
"
    done <<REMOTES
$(print_remotes)
REMOTES
    rm -rf "$folder"
    [ -n "$silent" ] || [ "$reached" -gt 0 ] || tell fault gateway "client.conf names none: nsm-sensor enrol --again"
    result_of_silent=note
    [ "$reached" -gt 0 ] || result_of_silent=fault
    while read -r found; do
        [ -z "$found" ] || tell "$result_of_silent" gateway "$found"
    done <<SILENT
$silent
SILENT
}

# OpenVPN itself asks, as a stranger who trusts nobody: it hangs up after the first answer, before it has said who it is,
# so the tunnel that is up keeps its session. A gateway answers nobody who has not its tls-crypt-v2 key, so an answer is
# the gateway's.
make_stranger() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=check \
        -keyout "$folder/key" -out "$folder/crt" 2>/dev/null
}

# Sets found to what is wrong, or to nothing.
look_at_gateway() {
    found=''
    first=$(getent ahosts "$host" 2>/dev/null | awk '{ print $1; exit }')
    if [ -z "$first" ]; then
        found="the name $host has no address: no DNS at this site, or it does not know the name"
    elif ! ip route get "$first" >/dev/null 2>&1; then
        found="there is no way to $first: cable, address or default gateway of this box"
    elif ! probe_gateway; then
        found="$host does not answer on $protocol port $port: the site's firewall has to let this box out there"
    fi
}

probe_gateway() {
    timeout $((PROBE_SECONDS * 2)) openvpn --client --dev null --nobind --remote "$host" "$port" "$protocol" \
        --resolv-retry 0 --connect-retry-max 1 --connect-timeout "$PROBE_SECONDS" --hand-window "$PROBE_SECONDS" \
        --ca "$folder/crt" --cert "$folder/crt" --key "$folder/key" --tls-crypt-v2 "$DIRECTORY/tls-crypt-v2.key" \
        --remote-cert-tls server --tls-version-min 1.3 --tls-exit --verb 3 --script-security 0 </dev/null 2>&1 |
        grep -q 'TLS: Initial packet from'
}

# An address on the device proves nothing: it outlives the session that it came with.
check_tunnel() {
    look_at_tunnel
    ask_ourselves heartbeat
    if [ "$answer_code" -eq 0 ]; then
        tell ok tunnel "base has answered through ${tunnel_device:-the tunnel} (${tunnel_address:-no address})"
    elif [ "$tunnel" = up ]; then
        tell fault tunnel "$tunnel_device has the address $tunnel_address, but base does not answer: $answer_words"
    else
        tell fault tunnel "it is down: systemctl status nsm-tunnel.service and its journal say why"
    fi
}

# Networks that this box is in, against those behind the tunnel. A host that is in both is reached in the nearer one.
check_overlap() {
    door=${machines_door_url#https://}
    door=${door%%[:/]*}
    overlaps=$({
        ip -o -4 route show scope link 2>/dev/null | awk -v tunnel="$tunnel_device" \
            '{ for (i = 2; i < NF; i++) if ($i == "dev" && $(i + 1) != tunnel) print "here", $1, $(i + 1) }'
        [ -z "$tunnel_device" ] || ip -o -4 route show dev "$tunnel_device" 2>/dev/null | awk '{ print "there", $1, "network" }'
        [ -z "$address" ] || printf 'there %s address\n' "$address"
        printf 'there %s base\n' "$door"
    } | awk -f "$LIBRARY/overlap.awk")
    [ -n "$overlaps" ] || { tell ok networks "none of this site's overlaps with base's or the tunnel's"; return 0; }
    while IFS= read -r found; do
        tell fault networks "$found: this box's network has to be another one, or the provider's"
    done <<OVERLAPS
$overlaps
OVERLAPS
}

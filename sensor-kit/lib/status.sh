# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# nsm-sensor status: what can be seen from here, without asking base.

# shellcheck source=sensor-kit/lib/disk.sh
. "$LIBRARY/disk.sh"

show_status_help() {
    cat <<'HELP'
Usage: nsm-sensor status [--json]

Tells whether the tunnel is up, which address it has, how long the certificate is valid, whether the disk is open, and
how the last unlock ended. Asks base nothing. Exit code 0 when it could tell, 3 when this sensor is not enrolled.
HELP
}

run_status() {
    format=text
    case ${1:-} in
        '') ;;
        --json) format=json ;;
        --help | -h) show_status_help; exit 0 ;;
        *) die "$USAGE" "unknown option $1; see nsm-sensor status --help" ;;
    esac
    read_settings
    look_at_tunnel
    look_at_certificate
    look_at_disk
    look_at_last_unlock
    "print_$format"
}

look_at_tunnel() {
    tunnel_address=''
    [ -z "$tunnel_device" ] || tunnel_address=$(ip -o -4 address show dev "$tunnel_device" up 2>/dev/null |
        awk '{ sub(/\/.*/, "", $4); print $4; exit }')
    tunnel=down
    [ -z "$tunnel_address" ] || tunnel=up
}

# Whole days, rounded down; below zero once it has expired; empty when there is no certificate.
look_at_certificate() {
    certificate_ends='' certificate_days=''
    end=$(openssl x509 -in "$DIRECTORY/client.crt" -noout -enddate 2>/dev/null) || return 0
    certificate_ends=$(date -u -d "${end#notAfter=}" +%Y-%m-%dT%H:%M:%SZ)
    seconds=$(($(date -d "${end#notAfter=}" +%s) - $(date +%s)))
    [ "$seconds" -ge 0 ] || seconds=$((seconds - 86399))
    certificate_days=$((seconds / 86400))
}

look_at_disk() {
    if [ -z "$disk_device" ]; then
        disk=none
    elif disk_is_open; then
        disk=open
    elif [ ! -b "$disk_device" ] && [ ! -f "$disk_device" ]; then
        disk=missing
    elif cryptsetup isLuks "$disk_device" 2>/dev/null; then
        disk=locked
    else
        disk=unformatted
    fi
}

look_at_last_unlock() {
    unlock_at='' unlock_code='' unlock_text=''
    [ ! -r "$DIRECTORY/last-unlock" ] || read -r unlock_at unlock_code unlock_text <"$DIRECTORY/last-unlock" || :
}

print_text() {
    printf 'sensor       %s (kit %s)\n' "${subject:-unknown}" "$KIT_VERSION"
    printf 'tunnel       %s%s\n' "$tunnel" "${tunnel_address:+, $tunnel_address on $tunnel_device}"
    if [ -n "$certificate_ends" ]; then
        printf 'certificate  until %s, %s days left\n' "$certificate_ends" "$certificate_days"
    else
        printf 'certificate  missing\n'
    fi
    printf 'disk         %s%s\n' "$disk" "${disk_device:+, $disk_device}"
    printf 'last unlock  %s\n' "${unlock_at:+$unlock_at exit code $unlock_code: }${unlock_text:-never tried}"
}

# A JSON string of printable ASCII, or null.
quote() {
    [ -n "$1" ] || { printf 'null'; return 0; }
    printf '"%s"' "$(printf '%s' "$1" | tr -cd '\40-\176' | sed 's/[\\"]/\\&/g')"
}

print_json() {
    cat <<JSON
{"subject": $(quote "$subject"), "kit_version": $(quote "$KIT_VERSION"),
 "tunnel": $(quote "$tunnel"), "tunnel_device": $(quote "$tunnel_device"), "address": $(quote "$tunnel_address"),
 "certificate_ends": $(quote "$certificate_ends"), "certificate_days": ${certificate_days:-null},
 "disk": $(quote "$disk"), "disk_device": $(quote "$disk_device"),
 "last_unlock": {"at": $(quote "$unlock_at"), "exit_code": ${unlock_code:-null}, "text": $(quote "$unlock_text")}}
JSON
}

# shellcheck shell=sh disable=SC2154 # $pending is set by enrol.sh and settings_answer.sh, and reject
# What an enrolment and new settings have in common: files out of base's answer, and how the tunnel is configured by it.

take_file() {
    member "$1" >"$pending/$2" || reject "its $1 is missing or malformed"
    sync "$pending/$2"
}

# Some awks end a line at a NUL and would not see what comes after it.
is_plain_text() {
    [ "$(tr -d '\n\t -~' <"$1" | wc -c)" -eq 0 ]
}

check_openvpn_config() {
    is_plain_text "$pending/client.conf" || reject "the OpenVPN configuration holds more than plain characters"
    awk -f "$LIBRARY/openvpn_config.awk" "$pending/client.conf" || reject "the OpenVPN configuration is not harmless"
    # Requests for the key go out of this device, so their source is our underlay address.
    device=$(awk '$1 == "dev" { print $2 }' "$pending/client.conf")
    case $device in tun?*) set_setting tunnel_device "$device" || reject "its tunnel device is malformed" ;; esac
}

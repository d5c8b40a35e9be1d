# shellcheck shell=sh disable=SC2154,SC2034 # the settings are read and set by settings.sh, $pending by enrol.sh
# What the portal answered to an enrolment: checked as a whole before anything is stored where OpenVPN would find it.

reject() {
    die "$NOT_TAKEN" "the portal's answer was not taken: $*"
}

take_answer() {
    [ "$(member kind)" = sensor ] || reject "it is not for a sensor"
    clear_settings
    [ ! -e "$DIRECTORY/sensor.conf" ] || read_settings
    tunnel_device=''
    for name in subject address machines_door_url; do
        set_setting "$name" "$(member "$name")" || reject "its $name is missing or malformed"
    done
    set_setting portal_url "$portal"
    take_file certificate client.crt
    check_pem client.crt CERTIFICATE 1
    take_file chain ca.crt
    check_pem ca.crt CERTIFICATE 4
    take_file tls_crypt_v2_client_key tls-crypt-v2.key
    check_pem tls-crypt-v2.key "OpenVPN tls-crypt-v2 client key" 1
    take_file openvpn_config client.conf
    check_certificate "$pending/ca.crt"
    check_openvpn_config
    print_settings | replace_file "$pending/sensor.conf"
    : | replace_file "$pending/complete"
}

take_file() {
    member "$1" >"$pending/$2" || reject "its $1 is missing or malformed"
    sync "$pending/$2"
}

# Some awks end a line at a NUL and would not see what comes after it.
is_plain_text() {
    [ "$(tr -d '\n\t -~' <"$1" | wc -c)" -eq 0 ]
}

# What OpenVPN reads as root is just what was asked for, and nothing beside it.
check_pem() {
    is_plain_text "$pending/$1" || reject "its $1 holds more than plain characters"
    awk -v label="$2" -v most="$3" -f "$LIBRARY/pem.awk" "$pending/$1" ||
        reject "its $1 must be 1 to $3 PEM blocks of the kind $2 and nothing else"
}

check_openvpn_config() {
    is_plain_text "$pending/client.conf" || reject "the OpenVPN configuration holds more than plain characters"
    awk -f "$LIBRARY/openvpn_config.awk" "$pending/client.conf" || reject "the OpenVPN configuration is not harmless"
    # Requests for the key go out of this device, so their source is our underlay address.
    device=$(awk '$1 == "dev" { print $2 }' "$pending/client.conf")
    case $device in tun?*) set_setting tunnel_device "$device" || reject "its tunnel device is malformed" ;; esac
}

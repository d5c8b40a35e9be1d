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
    take_file chain ca.crt
    take_file tls_crypt_v2_client_key tls-crypt-v2.key
    take_file openvpn_config client.conf
    check_certificate "$pending/ca.crt"
    check_tls_crypt_key
    check_openvpn_config
    print_settings | replace_file "$pending/sensor.conf"
    : | replace_file "$pending/complete"
}

take_file() {
    member "$1" >"$pending/$2" || reject "its $1 is missing or malformed"
    sync "$pending/$2"
}

check_tls_crypt_key() {
    awk 'NR == 1 { begun = /^-----BEGIN OpenVPN tls-crypt-v2 client key-----$/; next }
        /^-----END OpenVPN tls-crypt-v2 client key-----$/ { ended = NR; next }
        !/^[A-Za-z0-9+\/=]*$/ { strange = 1 }
        END { exit !(begun && ended == NR && NR > 2 && !strange) }' "$pending/tls-crypt-v2.key" ||
        reject "the tls-crypt-v2 key is malformed"
}

check_openvpn_config() {
    awk -f "$LIBRARY/openvpn_config.awk" "$pending/client.conf" || reject "the OpenVPN configuration is not harmless"
    # Requests for the key go out of this device, so their source is our underlay address.
    device=$(awk '$1 == "dev" { print $2 }' "$pending/client.conf")
    case $device in tun?*) set_setting tunnel_device "$device" || reject "its tunnel device is malformed" ;; esac
}

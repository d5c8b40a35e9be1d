# shellcheck shell=sh disable=SC2154,SC2034 # the settings are read and set by settings.sh, $pending by enrol.sh
# What the portal answered to an enrolment: checked as a whole before anything is stored where OpenVPN would find it.

reject() {
    die "$NOT_TAKEN" "the portal's answer was not taken: $*"
}

take_answer() {
    [ "$(member kind)" = sensor ] || reject "it is not for a sensor"
    clear_settings
    [ ! -e "$DIRECTORY/sensor.conf" ] || read_settings
    tunnel_device='' underlay=''
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
    # A portal from before this kit does not say it.
    ! member underlay >/dev/null || set_setting underlay "$(member underlay)" || reject "its underlay is malformed"
    check_openvpn_config
    print_settings | replace_file "$pending/sensor.conf"
    : | replace_file "$pending/complete"
}

# What OpenVPN reads as root is just what was asked for, and nothing beside it.
check_pem() {
    is_plain_text "$pending/$1" || reject "its $1 holds more than plain characters"
    awk -v label="$2" -v most="$3" -f "$LIBRARY/pem.awk" "$pending/$1" ||
        reject "its $1 must be 1 to $3 PEM blocks of the kind $2 and nothing else"
}

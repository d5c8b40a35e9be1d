# shellcheck shell=sh disable=SC2154,SC2034 # the settings are read and set by settings.sh, $pending by new_settings.sh
# What base says of this box's settings: checked as strictly as at the enrolment, and put together beside those of now.

reject() {
    die "$NOT_TAKEN" "base's settings were not taken: $*"
}

# What this box has of base, in SHA-256: base makes the same of what it would send (sensors/artifacts/box_settings.py).
# $1 is a folder with its client.conf; the rest is what was read of sensor.conf.
print_digest() {
    {
        printf 'nsmaas settings v1\n%s\n%s\n%s\n' "$machines_door_url" "$address" "$underlay"
        cat "$1/client.conf"
    } | openssl dgst -sha256 -r | sed 's/[^0-9a-f].*//'
}

# The lines of sensor.conf that are base's; all others are this box's own, and stay.
take_settings() {
    tunnel_device_before=$tunnel_device
    for name in machines_door_url address underlay; do
        set_setting "$name" "$(member "$name")" || reject "its $name is missing or malformed"
    done
    take_file openvpn_config client.conf
    check_openvpn_config
    [ "$tunnel_device" = "$tunnel_device_before" ] || reject "the tunnel would have another device"
    # Whom this box trusts was said at its enrolment, and no later answer changes it.
    [ "$(print_gateway_name "$pending")" = "$(print_gateway_name "$DIRECTORY")" ] ||
        reject "they are of another gateway, which takes a new code: nsm-sensor enrol --again"
}

print_gateway_name() {
    awk '$1 == "verify-x509-name" { print $2 }' "$1/client.conf"
}

# Second names for the files of now, so that they outlive the switch.
prepare_settings() {
    print_settings | replace_file "$pending/sensor.conf"
    mkdir -p "$pending/before"
    for name in client.conf sensor.conf; do ln -f "$DIRECTORY/$name" "$pending/before/$name"; done
    sync "$pending/before"
    : | replace_file "$pending/complete"
}

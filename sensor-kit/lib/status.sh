# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# nsm-sensor status: what can be seen from here, without asking base.

# shellcheck source=sensor-kit/lib/certificate_life.sh
. "$LIBRARY/certificate_life.sh"
# shellcheck source=sensor-kit/lib/disk.sh
. "$LIBRARY/disk.sh"
# shellcheck source=sensor-kit/lib/tunnel.sh
. "$LIBRARY/tunnel.sh"

show_status_help() {
    cat <<'HELP'
Usage: nsm-sensor status [--json]

Tells whether the tunnel is up, which address it has, how long the certificate is valid, when it is to be renewed and how
that went last, whether the disk is open, and how the last unlock ended. Asks base nothing. Exit code 0 when it could
tell, 3 when this sensor is not enrolled.
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
    look_at_renewal
    look_at_new_settings
    "print_$format"
}

look_at_last_unlock() {
    unlock_at='' unlock_code='' unlock_text=''
    [ ! -r "$DIRECTORY/last-unlock" ] || read -r unlock_at unlock_code unlock_text <"$DIRECTORY/last-unlock" || :
}

# A pair that has not connected yet is on trial.
look_at_renewal() {
    on_trial=false renewal_at='' renewal_code='' renewal_text=''
    [ ! -d "$DIRECTORY/previous" ] || on_trial=true
    [ ! -r "$DIRECTORY/last-renewal" ] ||
        read -r renewal_at renewal_code renewal_text <"$DIRECTORY/last-renewal" || :
    # A power cut may have left half of it.
    is_number "$renewal_code" || renewal_at='' renewal_code='' renewal_text=''
}

# How the last change of settings ended.
look_at_new_settings() {
    settings_at='' settings_code='' settings_text=''
    [ ! -r "$DIRECTORY/last-settings" ] ||
        read -r settings_at settings_code settings_text <"$DIRECTORY/last-settings" || :
    is_number "$settings_code" || settings_at='' settings_code='' settings_text=''
}

renewal_words() {
    case $certificate_state in
        missing) printf 'enrol first' ;;
        early) printf 'this box'"'"'s clock is wrong: the certificate begins at %s (nsm-sensor clock)' "$certificate_begins" ;;
        ended) printf 'too late: this box needs a new code, for nsm-sensor enrol --again' ;;
        due) printf 'due since %s' "$renewal_due" ;;
        good) printf 'due from %s on' "$renewal_due" ;;
    esac
    [ "$on_trial" = false ] || printf '; the certificate is new, and the tunnel has to come up with it yet'
}

print_text() {
    printf 'sensor       %s (kit %s)\n' "${subject:-unknown}" "$KIT_VERSION"
    printf 'tunnel       %s%s\n' "$tunnel" "${tunnel_address:+, $tunnel_address on $tunnel_device}"
    if [ -n "$certificate_ends" ]; then
        printf 'certificate  until %s, %s days left\n' "$certificate_ends" "$certificate_days"
    else
        printf 'certificate  missing\n'
    fi
    printf 'renewal      %s\n' "$(renewal_words)"
    [ -z "$renewal_at" ] || printf 'last renewal %s exit code %s: %s\n' "$renewal_at" "$renewal_code" "$renewal_text"
    [ -z "$settings_at" ] || printf 'last settings %s exit code %s: %s\n' "$settings_at" "$settings_code" "$settings_text"
    printf 'disk         %s%s%s\n' "$disk" "${disk_path:+, $disk_path}" "${disk_problem:+: $disk_problem}"
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
 "certificate_state": $(quote "$certificate_state"), "renewal_due": $(quote "$renewal_due"),
 "renewal_on_trial": $on_trial,
 "last_renewal": {"at": $(quote "$renewal_at"), "exit_code": ${renewal_code:-null}, "text": $(quote "$renewal_text")},
 "last_settings": {"at": $(quote "$settings_at"), "exit_code": ${settings_code:-null}, "text": $(quote "$settings_text")},
 "disk": $(quote "$disk"), "disk_device": $(quote "$disk_path"), "disk_uuid": $(quote "$disk_uuid"),
 "disk_problem": $(quote "$disk_problem"),
 "last_unlock": {"at": $(quote "$unlock_at"), "exit_code": ${unlock_code:-null}, "text": $(quote "$unlock_text")}}
JSON
}

# shellcheck shell=sh disable=SC2154,SC2034 # the settings are read by settings.sh, the words come from mend_clock.sh
# nsm-sensor clock: set a clock that cannot be right, as enrol, unlock and renew do of themselves.

# shellcheck source=sensor-kit/lib/mend_clock.sh
. "$LIBRARY/mend_clock.sh"

# How long a time server has, where there is a program that asks one.
TIME_SERVER_SECONDS=15

show_clock_help() {
    cat <<'HELP'
Usage: nsm-sensor clock [--portal URL] [--ca-file FILE]

Sets this box's clock if it cannot be right (before this kit was made, or before the certificate's begin) and no time
server has set it within 15 s: to a time that base's authority signs for this very question, asked of the portal. A box
that is not enrolled trusts the portal's certificate instead, judged at the time that it tells. Never sets it back.

  --portal URL    the portal of a box that is not enrolled
  --ca-file FILE  trust this authority alone for the portal's certificate, as in enrol

Exit codes: 0 the clock may be right, or is set; 21 it is wrong and could not be set, 2 wrong usage, 3 settings malformed.
HELP
}

run_clock() {
    clear_settings
    ca_file='' portal=''
    while [ $# -gt 0 ]; do
        case $1 in
            --portal) need_value "$@"; portal=${2%/}; shift 2 ;;
            --ca-file) need_value "$@"; ca_file=$2; shift 2 ;;
            --help | -h) show_clock_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor clock --help" ;;
        esac
    done
    [ -z "$portal" ] || is_portal_url "$portal" || die "$USAGE" "--portal needs an https:// address"
    [ -z "$ca_file" ] || [ -r "$ca_file" ] || die "$USAGE" "cannot read $ca_file"
    need_programs curl openssl timeout
    [ ! -e "$DIRECTORY/sensor.conf" ] || read_settings
    [ -z "$portal" ] || portal_url=$portal
    wait_for_time_server
    mend_clock || die "$WRONG_CLOCK" "$clock_words"
    printf '%s\n' "${clock_words:-nothing speaks against this clock}"
}

wait_for_time_server() {
    waited=0
    look_at_clock
    while [ -n "$clock_fault" ] && [ "$waited" -lt "$TIME_SERVER_SECONDS" ] && ! is_set_by_time_server &&
        [ "$(timedatectl show --property=NTP --value 2>/dev/null)" = yes ]; do
        pause 1
        waited=$((waited + 1))
        look_at_clock
    done
}

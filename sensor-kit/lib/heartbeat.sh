# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# nsm-sensor heartbeat: tell base how the disk is now.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/disk.sh
. "$LIBRARY/disk.sh"

show_heartbeat_help() {
    cat <<'HELP'
Usage: nsm-sensor heartbeat

Tells base through the tunnel whether the disk is open or locked. Base shows what was said since the tunnel came up,
and nothing older; nsm-heartbeat.timer says it every five minutes.

Exit codes: 0 base has heard it, 12 it did not, 3 settings missing or malformed.
HELP
}

run_heartbeat() {
    while [ $# -gt 0 ]; do
        case $1 in
            --help | -h) show_heartbeat_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor heartbeat --help" ;;
        esac
    done
    need_programs curl
    read_settings
    [ -n "$machines_door_url" ] || die "$NO_SETTINGS" "no machines_door_url in $DIRECTORY/sensor.conf: enrol first"
    state=$(print_disk_word)
    send_heartbeat "$state" && return 0
    leave_door
    [ -n "$door_address" ] && send_heartbeat "$state" || exit "$NO_ANSWER"
}

# shellcheck shell=sh disable=SC2154,SC2034 # settings and answers are shared between the files of this kit
# nsm-sensor settings: what of this box's settings has changed at base, asked for through the tunnel.
#
# All is prepared in DIR/settings, then switch.sh puts it in place; trial.sh looks whether the tunnel comes up.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/certificate_request.sh
. "$LIBRARY/certificate_request.sh"
# shellcheck source=sensor-kit/lib/certificate_answer.sh
. "$LIBRARY/certificate_answer.sh"
# shellcheck source=sensor-kit/lib/tunnel.sh
. "$LIBRARY/tunnel.sh"
# shellcheck source=sensor-kit/lib/tunnel_answer.sh
. "$LIBRARY/tunnel_answer.sh"
# shellcheck source=sensor-kit/lib/settings_answer.sh
. "$LIBRARY/settings_answer.sh"
# shellcheck source=sensor-kit/lib/trial.sh
. "$LIBRARY/trial.sh"
# shellcheck source=sensor-kit/lib/settings_trial.sh
. "$LIBRARY/settings_trial.sh"

show_new_settings_help() {
    cat <<'HELP'
Usage: nsm-sensor settings [--again]

Asks base through the tunnel whether the gateway's address, the door's or another setting has changed since this box
enrolled, and puts new ones in place. The tunnel is restarted if its configuration changes. If base does not answer over
the new settings, those before are put back, and the same ones are not tried again for a day. nsm-settings.service does
it daily. What people wrote into sensor.conf stays.

  --again  also if the same settings were put back within the last day

Exit codes: 0 done, or nothing has changed, 10 refused, 12 no usable answer from base, 17 base's settings were not
taken and nothing is changed, 25 the new settings did not work and those before are in place again, 1 failed, 2 wrong
usage, 3 settings missing or malformed, 4 a program is missing.
HELP
}

run_new_settings() {
    again=no
    case ${1:-} in
        '') ;;
        --again) again=yes ;;
        --help | -h) show_new_settings_help; exit 0 ;;
        *) die "$USAGE" "unknown option $1; see nsm-sensor settings --help" ;;
    esac
    need_programs curl openssl awk flock cmp
    pending=$DIRECTORY/settings
    [ ! -d "$DIRECTORY" ] || claim_directory
    read_settings
    ! is_switch_begun || die "$FAILED" "what was interrupted could not be put in place"
    [ -n "$machines_door_url" ] || die "$NO_SETTINGS" "no machines_door_url in $DIRECTORY/sensor.conf: enrol first"
    [ -s "$DIRECTORY/client.conf" ] || die "$NO_SETTINGS" "no $DIRECTORY/client.conf: enrol first"
    # Of two that are tried at once nobody could say which one failed.
    [ ! -d "$DIRECTORY/previous" ] || die "$FAILED" "a renewed certificate has to prove itself first: nsm-sensor renew --prove"
    if [ -d "$DIRECTORY/settings-before" ]; then prove_settings; else fetch_settings; fi
}

fetch_settings() {
    forget_folder settings
    mkdir -p "$pending"
    answer_file=$pending/answer
    known=$(print_digest "$DIRECTORY")
    ask_base "$known"
    case $http_status in
        204) end_unchanged ;;
        200) ;;
        400 | 403) reason=$(print_reason); die "$REFUSED" "base refused to tell (${reason:-status $http_status})" ;;
        *) die "$NO_ANSWER" "no usable answer from base (status $http_status); run the same command again" ;;
    esac
    take_settings
    digest=$(print_digest "$pending")
    [ "$digest" != "$known" ] || end_unchanged
    if [ "$again" = no ] && was_put_back_lately "$digest"; then
        forget_folder settings
        printf 'base has the same settings that did not work here within the last day; nothing is changed\n'
        exit 0
    fi
    prepare_settings
    finish_switch || die "$FAILED" "the new settings could not be put in place; run the same command again"
    prove_settings
}

end_unchanged() {
    forget_folder settings
    printf 'nothing has changed at base\n'
    exit 0
}

# Sets http_status; "000" when there was no answer at any of the door's addresses. Descriptor 8 is our lock.
ask_base() {
    ask_door "$1"
    case $http_status in 000 | 5??) ;; *) return 0 ;; esac
    leave_door
    [ -z "$door_address" ] || ask_door "$1"
}

ask_door() {
    http_status=$(exec 8<&-; call_base "/v1/settings?known=$1" --header 'Accept: application/json' \
        --output "$answer_file" --write-out '%{http_code}') || http_status=000
}

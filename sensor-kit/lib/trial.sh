# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh, tunnel.sh looks at the tunnel
# New files have to prove themselves: the tunnel comes up with them, or the files before are put back.
#
# What is on trial is told by run_trial's arguments and by functions of its kind: KIND_wants_restart says whether the
# tunnel has to be restarted for it, KIND_answers looks once more whether a tunnel that is up is enough, KIND_can_go_back
# whether the files before are still good, and KIND_note_failure does what must be on the disk before they are put back.
# The files before are kept in a folder from the moment of the switch until the tunnel has come up, so whenever this is
# interrupted, the next run tries again.

TRIAL_SECONDS=120

# KIND, the folder of the files before, what is tried and what was before in words, and the exit code when it was in vain.
run_trial() {
    kind=$1 way_back=$2 tried=$3 before=$4 in_vain=$5
    need_programs systemctl ip
    [ -n "$tunnel_device" ] || die "$NO_SETTINGS" "no tunnel_device in $DIRECTORY/sensor.conf: nothing can be proved"
    restart_tunnel || die "$FAILED" "nsm-tunnel.service could not be restarted; $before is kept"
    if tunnel_comes_up; then
        forget_folder "$way_back"
        record_trial 0 "the tunnel came up with $tried"
        printf '%s\n' "$trial_text"
    else
        put_back
    fi
}

# Descriptor 8 is our lock, which must not outlast this program.
restart_tunnel() {
    number_before=''
    "${kind}_wants_restart" || return 0
    number_before=$(print_tunnel_number)
    systemctl try-restart nsm-tunnel.service 8<&-
}

# The address alone is no proof: it could be that of a tunnel which nobody has restarted. Seconds are counted, not read
# from the clock, since that may be set at any moment of a boot.
tunnel_comes_up() {
    seconds_left=$TRIAL_SECONDS
    while [ "$seconds_left" -gt 0 ]; do
        look_at_tunnel
        [ "$tunnel" = down ] || [ "$(print_tunnel_number)" = "$number_before" ] || ! "${kind}_answers" || return 0
        pause 1 8<&-
        seconds_left=$((seconds_left - 1))
    done
    return 1
}

put_back() {
    failure="the tunnel did not come up with $tried within $TRIAL_SECONDS s"
    if ! "${kind}_can_go_back"; then
        record_trial "$in_vain" "$failure; $before cannot be used any more, so the new stays"
    elif "${kind}_note_failure" && touch "$DIRECTORY/$way_back/complete" && sync "$DIRECTORY/$way_back" && finish_switch; then
        restart_tunnel || say "nsm-tunnel.service could not be restarted"
        record_trial "$in_vain" "$failure; $before is in place again"
    else
        record_trial "$FAILED" "$failure, and $before could not be put back"
    fi
    die "$trial_code" "$trial_text"
}

# For status to tell; best effort, as with last-unlock.
record_trial() {
    trial_code=$1 trial_text=$2
    printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" 2>/dev/null >"$DIRECTORY/last-$kind" || :
}

# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh, tunnel.sh looks at the tunnel
# nsm-sensor renew --prove: the tunnel has to come up with a renewed pair, or the pair before is put back.
#
# DIR/previous is that pair. It is kept from the moment of the switch until the tunnel has come up, so whenever this is
# interrupted, the next run tries again.

TRIAL_SECONDS=120

prove_pair() {
    if [ ! -d "$DIRECTORY/previous" ]; then
        printf 'no renewed certificate has to prove itself\n'
        return 0
    fi
    need_programs systemctl ip
    [ -n "$tunnel_device" ] || die "$NO_SETTINGS" "no tunnel_device in $DIRECTORY/sensor.conf: nothing can be proved"
    restart_tunnel || die "$FAILED" "nsm-tunnel.service could not be restarted; the pair before is kept"
    if tunnel_comes_up; then
        forget_folder previous
        record_trial 0 "the tunnel came up with the renewed certificate"
        printf '%s\n' "$trial_text"
    else
        put_back
    fi
}

# Descriptor 8 is our lock, which must not outlast this program.
restart_tunnel() {
    number_before=$(print_tunnel_number)
    systemctl try-restart nsm-tunnel.service 8<&-
}

# The address alone is no proof: it could be that of a tunnel which nobody has restarted. Seconds are counted, not read
# from the clock, since that may be set at any moment of a boot.
tunnel_comes_up() {
    seconds_left=$TRIAL_SECONDS
    while [ "$seconds_left" -gt 0 ]; do
        look_at_tunnel
        [ "$tunnel" = down ] || [ "$(print_tunnel_number)" = "$number_before" ] || return 0
        pause 1 8<&-
        seconds_left=$((seconds_left - 1))
    done
    return 1
}

put_back() {
    failure="the tunnel did not come up with the renewed certificate within $TRIAL_SECONDS s"
    if ! previous_is_good; then
        record_trial "$NOT_PROVEN" "$failure; the one before cannot be used any more, so it stays"
    elif touch "$DIRECTORY/previous/complete" && sync "$DIRECTORY/previous" && finish_switch; then
        restart_tunnel || say "nsm-tunnel.service could not be restarted"
        record_trial "$NOT_PROVEN" "$failure; the one before is in place again"
    else
        record_trial "$FAILED" "$failure, and the one before could not be put back"
    fi
    die "$trial_code" "$trial_text"
}

previous_is_good() {
    belongs_together "$DIRECTORY/previous" &&
        openssl x509 -in "$DIRECTORY/previous/client.crt" -noout -checkend 0 >/dev/null
}

# For status to tell; best effort, as with last-unlock.
record_trial() {
    trial_code=$1 trial_text=$2
    printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" 2>/dev/null >"$DIRECTORY/last-renewal" || :
}

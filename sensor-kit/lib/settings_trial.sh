# shellcheck shell=sh disable=SC2154,SC2034 # the settings are read and set by settings.sh
# Base's new settings have to prove themselves by an answer of base's through the tunnel, or those before are put back.

# What did not work is not tried again before a day is over.
PATIENCE_SECONDS=86400

prove_settings() {
    read_settings
    forget_folder settings
    digest=$(print_digest "$DIRECTORY")
    is_tunnel_changed=yes
    ! cmp -s "$DIRECTORY/client.conf" "$DIRECTORY/settings-before/client.conf" || is_tunnel_changed=no
    run_trial settings settings-before "base's new settings" "what was before" "$SETTINGS_PUT_BACK"
}

# A door with another address needs no other tunnel, and who works through this one keeps it. The tunnel's unit has the
# firewall loaded again before it starts.
settings_wants_restart() {
    [ "$is_tunnel_changed" = no ] || return 0
    systemctl try-reload-or-restart nsm-firewall.service 8<&- || say "nsm-firewall.service could not be loaded again"
    return 1
}

# Whatever base says, it has heard us. One question may take five seconds.
settings_answers() {
    connect_seconds=3 answer_seconds=5 answer_file=/dev/null
    ask_base "$digest" 2>/dev/null
    case $http_status in 2?? | 4??) return 0 ;; esac
    seconds_left=$((seconds_left - 5))
    return 1
}

settings_can_go_back() {
    [ -s "$DIRECTORY/settings-before/client.conf" ] && [ -s "$DIRECTORY/settings-before/sensor.conf" ]
}

# Of sensor.conf only what is base's goes back: meanwhile this box may have learned which disk is its own.
settings_note_failure() {
    printf '%s %s\n' "$(date +%s)" "$digest" | replace_file "$DIRECTORY/settings-refused" || return 1
    for name in machines_door_url address underlay; do
        value=$(sed -n "s/^$name=//p" "$DIRECTORY/settings-before/sensor.conf")
        if [ -n "$value" ]; then set_setting "$name" "$value" || return 1; else eval "$name="; fi
    done
    print_settings | replace_file "$DIRECTORY/settings-before/sensor.conf"
}

was_put_back_lately() {
    refused_at='' refused_digest=''
    [ ! -r "$DIRECTORY/settings-refused" ] || read -r refused_at refused_digest <"$DIRECTORY/settings-refused" || :
    [ "$refused_digest" = "$1" ] && is_number "${refused_at%??}" || return 1
    seconds_since=$(($(date +%s) - refused_at))
    [ "$seconds_since" -ge 0 ] && [ "$seconds_since" -lt "$PATIENCE_SECONDS" ]
}

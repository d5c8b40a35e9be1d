#!/bin/sh
# What goes before the kit's files are taken away: packages and the uninstaller run this.
#
#   before-remove [--forget]      --forget: also which units are turned on (where nothing purges later)
#
# The box keeps its identity, and what it records. An open /nsm stays open and mounted: to stop nsm-unlock.service or
# nsm.mount would stop docker and salt-minion, which write captures there.
set -eu

UNITS=/usr/lib/systemd/system
RECORD=/var/lib/nsm-sensor/turned-on

say() {
    printf 'nsm-sensor: %s\n' "$*" >&2
}

forget_units() {
    [ -e "$RECORD" ] || return 0
    while read -r name; do systemctl --quiet disable "$name" || :; done <"$RECORD"
    rm -f "$RECORD"
    rmdir "${RECORD%/*}" 2>/dev/null || :
}

stop() {
    systemctl stop "$@" || say "$* did not stop"
}

# A box without its kit has no tunnel, and with its rules nobody could reach it from anywhere.
forget_rules() {
    for family in inet arp netdev; do nft delete table "$family" nsm_sensor 2>/dev/null || :; done
    rm -f /etc/nsm-sensor/sensor.nft
}

stop_units() {
    for unit in "$UNITS"/nsm-*.timer; do stop "${unit##*/}"; done
    if systemctl --quiet is-active nsm.mount; then
        say "/nsm stays open and mounted until this box is switched off; what writes there goes on."
        say "It cannot be opened again without this kit, and docker and salt-minion no longer wait for it."
        keep=nsm-unlock
    else
        # What waits for its key has nothing open, and would ask on with a program that is gone.
        stop nsm.mount
        keep=''
    fi
    for unit in "$UNITS"/nsm-*.service; do
        name=${unit##*/}
        case $name in nsm-tunnel.service | "${keep:-nothing}"*) ;; *) stop "$name" ;; esac
    done
    # Last, and without waiting: who works through the tunnel loses it now, and this has to come to its end all the same.
    systemctl --no-block stop nsm-tunnel.service || :
}

if [ -d /run/systemd/system ]; then
    stop_units
    forget_rules
fi
if [ "${1:-}" = --forget ] && command -v systemctl >/dev/null; then forget_units; fi
if [ -e /etc/nsm-sensor/client.key ]; then
    say "left where it is: /etc/nsm-sensor, with this box's identity. Installed again, it goes on as the same sensor."
fi

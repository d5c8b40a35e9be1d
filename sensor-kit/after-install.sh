#!/bin/sh
# What follows when the kit's files are in place: packages and install.sh run this, first time and upgrade alike.
set -eu

UNITS=/usr/lib/systemd/system
# A unit is turned on when it comes for the first time, and never again: what people turn off stays off.
RECORD=/var/lib/nsm-sensor/turned-on

say() {
    printf 'nsm-sensor: %s\n' "$*" >&2
}

# Where keys and certificate will lie; nobody but root may look.
make_directory() {
    [ -d /etc/nsm-sensor ] || mkdir /etc/nsm-sensor
    chown 0:0 /etc/nsm-sensor
    chmod 0700 /etc/nsm-sensor
}

# Nothing can be written into the empty mount point of a locked disk. Not every file system can do that.
make_mount_point() {
    [ ! -e /nsm ] || return 0
    mkdir -m 0755 /nsm
    chattr +i /nsm 2>/dev/null || say "/nsm cannot be made immutable here: see that nothing writes to it while it is locked"
}

label_for_selinux() {
    command -v semodule >/dev/null && selinuxenabled 2>/dev/null || return 0
    semodule -i /usr/share/selinux/packages/nsm-sensor.cil || say "the SELinux module was not taken"
    restorecon -R /etc/nsm-sensor /usr/lib/nsm-sensor /usr/bin/nsm-sensor || :
}

turn_on_new_units() {
    mkdir -p "${RECORD%/*}"
    touch "$RECORD"
    for unit in "$UNITS"/nsm-*.*; do
        name=${unit##*/}
        if grep -q '^\[Install\]' "$unit" && ! grep -qx "$name" "$RECORD"; then
            systemctl --quiet enable "$name"
            printf '%s\n' "$name" >>"$RECORD"
        fi
    done
}

# The tunnel that is up stays as it is: somebody may be working through it. So does a disk that is open or waits for its
# key: both units are started already then.
start_what_may() {
    [ -d /run/systemd/system ] || return 0
    systemctl daemon-reload
    while read -r name; do
        # One that a person has turned off is not started either.
        # The firewall closes the box towards the site, from where this may be typed: that comes with the tunnel's next
        # start, or the box's.
        if [ "$name" = nsm-firewall.service ]; then continue; fi
        if systemctl --quiet is-enabled "$name" 2>/dev/null; then systemctl --no-block start "$name" || :; fi
    done <"$RECORD"
    if systemctl --quiet is-active nsm-firewall.service; then
        systemctl --no-block reload nsm-firewall.service || :
    elif [ -e /etc/nsm-sensor/sensor.conf ] && systemctl --quiet is-enabled nsm-firewall.service; then
        say "from the next start of the tunnel on, this box takes nothing from its site's network: nsm-sensor firewall --help"
    fi
}

# Of a kit that was copied by hand: a boot would wait 90 s for the disk.
forget_waiting_mount() {
    rm -f /etc/systemd/system/*.wants/nsm.mount
    rm -rf /etc/systemd/system/dev-mapper-nsm.device.d
}

# Units that were copied by hand before there were packages would win over ours.
warn_of_copies() {
    for unit in "$UNITS"/nsm-*.* "$UNITS"/nsm.mount; do
        copy=/etc/systemd/system/${unit##*/}
        if [ -f "$copy" ] && [ ! -h "$copy" ]; then
            say "$copy hides the unit that was installed now: remove it, then systemctl daemon-reload"
        fi
    done
}

# An uninstaller is right only for what install.sh placed, which places it after this.
rm -f /usr/lib/nsm-sensor/uninstall /usr/lib/nsm-sensor/files
make_directory
make_mount_point
label_for_selinux
if command -v systemctl >/dev/null; then
    forget_waiting_mount
    turn_on_new_units
    start_what_may
fi
warn_of_copies

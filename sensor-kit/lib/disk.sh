# shellcheck shell=sh disable=SC2034,SC2154 # the settings are read by settings.sh, disk_path is found by find_disk.sh
# What can be seen of the disk without a key, and how a key opens it.

# shellcheck source=sensor-kit/lib/find_disk.sh
. "$LIBRARY/find_disk.sh"
# shellcheck source=sensor-kit/lib/disk_header.sh
. "$LIBRARY/disk_header.sh"

# The node may exist on a kernel that has nothing behind it, so opening it is the proof. dmsetup also loads the module.
has_device_mapper() {
    if command -v dmsetup >/dev/null; then
        dmsetup version >/dev/null 2>&1
    else
        [ -c /dev/mapper/control ] && (: <>/dev/mapper/control) 2>/dev/null
    fi
}

disk_is_open() {
    [ -e "/dev/mapper/$disk_mapper" ]
}

# Wherever it is mounted: that is for nsm.mount or a person to say.
disk_is_mounted() {
    while read -r source _; do
        [ "$source" != "/dev/mapper/$disk_mapper" ] || return 0
    done </proc/self/mounts
    return 1
}

# What the open volume lies on; empty if none is open.
print_device_below() {
    for below in "/sys/class/block/$(basename "$(readlink -f "/dev/mapper/$disk_mapper")")/slaves"/*; do
        [ ! -e "$below" ] || printf '/dev/%s' "${below##*/}"
    done
}

# How base is told of it: mounted, open, locked or absent. The unit of the heartbeat may open no device, so udev's name for
# the disk must be enough there. What is damaged or half made is there, and nobody reads it: locked.
print_disk_word() {
    if disk_is_mounted; then
        printf mounted
    elif disk_is_open; then
        printf open
    elif { [ -n "$disk_uuid" ] && [ -e "/dev/disk/by-uuid/$disk_uuid" ]; } || find_disk; then
        printf locked
    else
        case $disk_outcome in "$NO_DEVICE" | "$NO_SETTINGS") printf absent ;; *) printf locked ;; esac
    fi
}

# Sets disk to one word: none, unfinished, absent, damaged, unformatted, locked, open or mounted.
look_at_disk() {
    disk_path=$(print_device_below) disk_problem=''
    if disk_is_mounted; then
        disk=mounted
    elif disk_is_open; then
        disk=open
    elif ! find_disk; then
        case $disk_outcome in
            "$NO_SETTINGS") disk=none ;;
            "$UNFINISHED") disk=unfinished ;;
            "$DAMAGED") disk=damaged ;;
            *) disk=absent ;;
        esac
    elif ! cryptsetup isLuks "$disk_path" 2>/dev/null; then
        disk=unformatted disk_problem=''
    else
        disk=locked disk_problem=''
        ! slot_is_changed "$disk_path" || {
            disk=damaged
            disk_problem="the key slot of $disk_path is damaged; $(restore_words "$disk_path")"
        }
    fi
}

# A file system that was never finished is in no table of ours, and systemd would wait for it without a word.
has_file_system() {
    [ -n "$(blkid --probe --output value --match-tag TYPE "/dev/mapper/$1" 2>/dev/null)" ]
}

# Reads the key from stdin: exactly 64 bytes, or cryptsetup refuses.
open_disk() {
    cryptsetup open --type luks --key-file=- --keyfile-size "$KEY_BYTES" "$disk_path" "${1:-$disk_mapper}"
}

test_disk() {
    cryptsetup open --type luks --test-passphrase --key-file=- --keyfile-size "$KEY_BYTES" "$disk_path"
}

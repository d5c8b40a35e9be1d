# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# What can be seen of the disk without a key.

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

is_mounted() {
    while read -r _ mounted _; do
        [ "$mounted" != "$1" ] || return 0
    done </proc/self/mounts
    return 1
}

# Waits for nothing: at boot the unit is ordered after the device.
need_disk() {
    [ -n "$disk_device" ] ||
        die "$NO_SETTINGS" "no disk_device in $DIRECTORY/sensor.conf: run nsm-sensor format-disk --device PATH"
    [ -b "$disk_device" ] || [ -f "$disk_device" ] || die "$NO_DEVICE" "the disk $disk_device is missing"
}

# Reads the key from stdin: exactly 64 bytes, or cryptsetup refuses.
open_disk() {
    cryptsetup open --type luks --key-file=- --keyfile-size "$KEY_BYTES" "$disk_device" "$disk_mapper"
}

test_disk() {
    cryptsetup open --type luks --test-passphrase --key-file=- --keyfile-size "$KEY_BYTES" "$disk_device"
}

# shellcheck shell=sh disable=SC2154 # the settings and answers are read by settings.sh and base.sh
# nsm-sensor format-disk: encrypt an empty disk under base's key, once it is certain that base keeps that key.
#
# A third request for the key formats, a fourth proves that the disk opens; base's audit trail shows all four. Power may
# go at any moment: the same command, run again, goes on where the disk shows that it stopped.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/disk.sh
. "$LIBRARY/disk.sh"
# shellcheck source=sensor-kit/lib/disk_intent.sh
. "$LIBRARY/disk_intent.sh"
# shellcheck source=sensor-kit/lib/empty_device.sh
. "$LIBRARY/empty_device.sh"
# shellcheck source=sensor-kit/lib/make_volume.sh
. "$LIBRARY/make_volume.sh"
# shellcheck source=sensor-kit/lib/same_key_twice.sh
. "$LIBRARY/same_key_twice.sh"
# shellcheck source=sensor-kit/lib/wipe_disk.sh
. "$LIBRARY/wipe_disk.sh"

# The LUKS2 header alone takes 16 MiB.
SMALLEST_DISK=$((20 * 1024 * 1024))

show_format_disk_help() {
    cat <<'HELP'
Usage: nsm-sensor format-disk [--device PATH] [--wipe] [--mapper NAME] [--mount-point PATH]

Encrypts an EMPTY disk (a block device, or a plain file) as LUKS2 under the key that base holds, proves that it opens,
and makes an ext4 file system in it if this kernel has the device mapper. A disk that holds anything is refused, but for
what this command itself left there when it was interrupted: run again, it goes on. The disk is known by the UUID of its
LUKS header from then on, whatever its name is after the next boot.

  --device PATH       the disk
  --wipe              a disk that was in use before, as that of a box that was given back: asks for the serial number of
                      the disk, destroys all that is on it, and formats it
  --mapper NAME       the name it is opened under (default nsm); kept in sensor.conf
  --mount-point PATH  where unlock mounts it; leave it out when nsm.mount does that; kept in sensor.conf

Exit codes: 0 formatted and proven, 10 refused, 11 held, 12 no usable answer from base, 13 base's key does not open what
is on the disk, 14 the disk is missing, 15 the disk holds something, 16 base did not give the same key twice, 1 failed.
HELP
}

read_format_disk_options() {
    chosen='' wipe=no
    while [ $# -gt 0 ]; do
        case $1 in
            --wipe) wipe=yes; shift; continue ;;
            --device)
                need_value "$@"
                is_path "$2" || die "$USAGE" "--device needs a plain absolute path"
                chosen=$2
                ;;
            --mapper) need_value "$@"; set_setting disk_mapper "$2" || die "$USAGE" "--mapper needs a plain name" ;;
            --mount-point) need_value "$@"; set_setting mount_point "$2" || die "$USAGE" "--mount-point needs a plain absolute path" ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor format-disk --help" ;;
        esac
        shift 2
    done
}

run_format_disk() {
    case ${1:-} in --help | -h) show_format_disk_help; exit 0 ;; esac
    need_programs curl cryptsetup cmp wipefs blkid dd flock lsblk
    read_settings
    read_format_disk_options "$@"
    [ -n "$machines_door_url" ] || die "$NO_SETTINGS" "no machines_door_url in $DIRECTORY/sensor.conf: enrol first"
    claim_disk
    choose_disk
    if [ "$wipe" = yes ]; then
        need_unused_disk
        confirm_wipe
        compare_two_keys
        wipe_device
    fi
    look_what_is_there
    [ "$state" = ours ] || is_made_already || make_volume
    prove_volume
    note_volume
    finish_file_system
    forget_intent
    printf '%s is encrypted under the key that base holds, and base'\''s key opens it\n' "$disk_path"
}

# Whatever we start holds this lock, too: a mkfs that outlives us must not meet another.
claim_disk() {
    exec 7>>"$DIRECTORY/disk-lock"
    flock -n 7 || die "$FAILED" "another format-disk is under way"
    new_mapper=$disk_mapper-new
    [ ! -e "/dev/mapper/$new_mapper" ] || cryptsetup close "$new_mapper" ||
        die "$FAILED" "what an interrupted format-disk left open could not be closed: restart this box"
}

# The one that is named, or was being formatted, or is in the settings.
choose_disk() {
    read_intent || :
    disk_path='' disk_outcome=$NO_DEVICE
    if [ -n "$chosen$intent_device" ]; then
        disk_path=${chosen:-$intent_device}
    elif [ -n "$disk_uuid" ] && find_disk_by_uuid && [ -n "$disk_path" ]; then
        :
    elif [ -n "$disk_device" ]; then
        disk_path=$disk_device
    else
        die "$NO_SETTINGS" "which disk? run nsm-sensor format-disk --device PATH"
    fi
    [ -b "$disk_path" ] || [ -f "$disk_path" ] || die "$NO_DEVICE" "the disk $disk_path is missing"
    real_device=$(readlink -f "$disk_path")
    [ "$(device_bytes "$real_device")" -ge "$SMALLEST_DISK" ] || die "$FAILED" "$disk_path is too small"
}

need_unused_disk() {
    ! used_by_kernel "$real_device" || die "$NOT_EMPTY" "$disk_path is in use (mounted, opened, swap, or part of another device)"
}

# Sets state: "empty"; "begun", where our mark is, so that nothing on it is worth anything; or "ours", which base's key
# has to prove. Anything else ends this program.
look_what_is_there() {
    need_unused_disk
    there=$(cryptsetup luksUUID "$real_device" 2>/dev/null || :)
    state=empty
    if read_intent && has_mark "$real_device" && holds_nothing_else; then
        state=begun
    elif [ -n "$there" ] && is_our_volume; then
        state=ours
    else
        need_empty_disk
    fi
}

holds_nothing_else() {
    ! has_partitions "$real_device" && case $there in
        "$intent_uuid") ;;
        '') [ -z "$(wipefs --no-act --noheadings "$real_device" 2>/dev/null)" ] ;;
        *) false ;;
    esac
}

# By its UUID; or by the label that a kit before this one gave it, if power went before the settings were written.
is_our_volume() {
    [ "$there" = "$intent_uuid" ] || [ "$there" = "$disk_uuid" ] ||
        [ "$(blkid --probe --output value --match-tag LABEL "$real_device" 2>/dev/null)" = nsm ]
}

need_empty_disk() {
    content=$(find_content "$real_device")
    [ -z "$content" ] || die "$NOT_EMPTY" "$disk_path is not formatted, as $content (if that may be lost: --wipe)"
}

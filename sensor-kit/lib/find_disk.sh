# shellcheck shell=sh disable=SC2034,SC2154 # the settings are read by settings.sh; what is found out is used elsewhere
# Where the disk is now. The kernel gives names as disks answer, so /dev/sdb may be another disk at the next boot: the
# disk is known by the UUID in its LUKS header, on whatever it lies (a partition, RAID, LVM, USB, NVMe).
#
# disk_device is then only the name to look at if no disk has that UUID any more; or the whole answer, if it is a plain
# file, or if an older kit formatted the disk (its UUID is noted at the first good unlock).

DISK_NAMES=/dev/disk/by-id

# Sets disk_path. Otherwise returns 1, with disk_outcome and disk_problem to say why.
find_disk() {
    disk_path='' disk_outcome=$NO_DEVICE
    if is_unfinished; then
        disk_outcome=$UNFINISHED
        disk_problem="format-disk was interrupted and the disk holds nothing yet: run nsm-sensor format-disk again"
    elif [ -n "$disk_uuid" ]; then
        find_disk_by_uuid
    elif [ -n "$disk_device" ]; then
        find_disk_by_path
    else
        disk_outcome=$NO_SETTINGS disk_problem="no disk was formatted yet: run nsm-sensor format-disk --device PATH"
    fi
    [ -n "$disk_path" ]
}

# The intent that format-disk writes before it writes to a disk (disk_intent.sh).
is_unfinished() {
    [ -e "$DIRECTORY/formatting" ]
}

find_disk_by_uuid() {
    disk_problem="no disk with the LUKS UUID $disk_uuid is there (late, unplugged or broken?)"
    if [ -f "$disk_device" ]; then
        ! has_our_uuid "$disk_device" || disk_path=$disk_device
    else
        # shellcheck disable=SC2046 # names of devices hold no spaces
        choose_one $(list_our_devices)
    fi
    [ -z "$disk_path" ] && [ "$disk_outcome" -eq "$NO_DEVICE" ] && [ -n "$disk_device" ] || return 0
    judge_what_is_left
}

# A kit before this one noted the path alone, which may be another disk's by now; it gave each disk the label, though.
find_disk_by_path() {
    disk_problem="the disk $disk_device is missing"
    [ ! -b "$disk_device" ] && [ ! -f "$disk_device" ] || disk_path=$disk_device
    [ ! -f "$disk_device" ] || return 0
    labelled=$(list_labelled_devices)
    case $labelled in
        '' | *"
"*) ;;
        *) disk_path=$labelled ;;
    esac
}

list_labelled_devices() {
    blkid --cache-file /dev/null --output device --match-token LABEL=nsm 2>/dev/null |
        while IFS= read -r found; do
            ! cryptsetup isLuks "$found" 2>/dev/null || has_holders "$(readlink -f "$found")" || printf '%s\n' "$found"
        done
}

# Of two with one UUID one is a copy, and whatever is written to the wrong one is lost to the other.
choose_one() {
    case $# in
        0) ;;
        1) disk_path=$1 ;;
        *)
            disk_outcome=$DAMAGED
            disk_problem="$* have the same LUKS UUID $disk_uuid, so one is a copy: unplug it, then nsm-sensor unlock"
            ;;
    esac
}

# blkid looks at all block devices again and knows the parts of a RAID from its whole. What another device is made of is
# in use by that one, as the paths to a multipath disk are.
list_our_devices() {
    blkid --cache-file /dev/null --output device --match-token "UUID=$disk_uuid" 2>/dev/null |
        while IFS= read -r found; do
            has_holders "$(readlink -f "$found")" || printf '%s\n' "$found"
        done
}

# Our own volume, once it is open, holds its disk as well.
has_holders() {
    for holder in "/sys/class/block/${1##*/}/holders"/*; do
        [ ! -e "$holder" ] || [ "$(cat "$holder/dm/name" 2>/dev/null)" = "$disk_mapper" ] || return 0
    done
    return 1
}

has_our_uuid() {
    [ "$(cryptsetup luksUUID "$1" 2>/dev/null)" = "$disk_uuid" ]
}

# No disk has the UUID, but the disk that had it last may be there.
judge_what_is_left() {
    [ -b "$disk_device" ] || [ -f "$disk_device" ] || return 0
    other=$(cryptsetup luksUUID "$disk_device" 2>/dev/null || :)
    disk_outcome=$DAMAGED
    if [ -n "$other" ]; then
        disk_problem="$disk_device holds another volume (LUKS UUID $other, not $disk_uuid)"
    else
        disk_problem="the LUKS header of $disk_device is damaged in both copies; $(restore_words "$disk_device")"
    fi
}

# What the disk is called wherever it is plugged in; empty if udev has no such name for it.
print_lasting_name() {
    real=$(readlink -f "$1")
    for name in "$DISK_NAMES"/*; do
        # The name of a volume group's part is that of its content.
        case $name in */lvm-pv-*) continue ;; esac
        [ "$(readlink -f "$name")" != "$real" ] || { printf '%s\n' "$name"; return 0; }
    done
}

# Sets disk_uuid and disk_device as they are to be kept. A name that is not lasting would be another disk's some day.
look_whose_it_is() {
    found_uuid=$(cryptsetup luksUUID "$1" 2>/dev/null) && is_uuid "$found_uuid" || return 1
    disk_uuid=$found_uuid disk_device=$1
    [ -f "$1" ] || disk_device=$(print_lasting_name "$1")
    is_path "$disk_device" || disk_device=''
}

# From now on the disk $1 is known by its UUID.
remember_disk() {
    known="$disk_uuid $disk_device"
    look_whose_it_is "$1" || return 1
    [ "$known" = "$disk_uuid $disk_device" ] || keep_disk_settings
}

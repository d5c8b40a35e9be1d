# shellcheck shell=sh disable=SC2154 # real_device is set by format_disk.sh
# format-disk --wipe: a disk that was in use before becomes empty, once a person has typed its serial number.

WIPED_MIB=32

confirm_wipe() {
    serial=$(print_serial "$real_device")
    what="serial number"
    [ -n "$serial" ] || { serial=${real_device##*/} what="name"; }
    content=$(find_content "$real_device")
    cat >&2 <<WORDS
$disk_path ($(($(device_bytes "$real_device") / 1000000)) MB, $what $serial): ${content:-it seems to be empty}.
All that it holds will be lost for ever. Type its $what to go on:
WORDS
    typed=''
    IFS= read -r typed || :
    [ "$typed" = "$serial" ] || die "$FAILED" "that is not $serial: nothing was wiped"
}

# Of the whole disk, if this is a part of it.
print_serial() {
    [ -b "$1" ] || return 0
    number=$(lsblk --nodeps --noheadings --output SERIAL "$1" 2>/dev/null)
    whole=$(lsblk --nodeps --noheadings --output PKNAME "$1" 2>/dev/null)
    [ -n "$number" ] || [ -z "$whole" ] || number=$(lsblk --nodeps --noheadings --output SERIAL "/dev/$whole" 2>/dev/null)
    printf '%s' "$number" | tr -cd 'A-Za-z0-9._-'
}

# Without its slots a LUKS volume is noise. The copy of the header goes first, as it has slots, too.
wipe_device() {
    forget_header_backup
    forget_intent
    ! cryptsetup isLuks "$real_device" 2>/dev/null || cryptsetup erase --batch-mode "$real_device" ||
        die "$FAILED" "the key slots of $disk_path could not be erased"
    mebibytes=$(($(device_bytes "$real_device") / 1048576))
    first=$WIPED_MIB
    [ "$first" -le "$mebibytes" ] || first=$mebibytes
    { write_zeros 0 "$first" && write_zeros "$((mebibytes - 2))" 2 && write_zero_tail; } ||
        die "$FAILED" "$disk_path could not be wiped: run the same command again"
    # Names of partitions that are gone; without any this fails, which is fine.
    [ ! -b "$real_device" ] || blockdev --rereadpt "$real_device" 2>/dev/null || :
}

write_zeros() {
    dd if=/dev/zero of="$real_device" bs=1M seek="$1" count="$2" conv=notrunc,fsync 2>/dev/null
}

# What is left of a disk whose size is no whole number of MiB.
write_zero_tail() {
    sectors=$(($(device_bytes "$real_device") / 512))
    [ $((sectors % 2048)) -eq 0 ] ||
        dd if=/dev/zero of="$real_device" bs=512 seek="$((mebibytes * 2048))" count="$((sectors % 2048))" \
            conv=notrunc,fsync 2>/dev/null
}

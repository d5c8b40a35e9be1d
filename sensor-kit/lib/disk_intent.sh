# shellcheck shell=sh disable=SC2154 # disk_path is found by format_disk.sh
# What format-disk leaves behind before each step, so that it goes on after a power cut and touches nobody else's disk.
#
# DIR/formatting names the volume that is being made. From before its header is written until that is proven, the disk's
# last sector names it, too: a header that is half written is random bytes, which say nothing of whose they are. Only a
# disk whose edges were blank gets the mark, so whatever has it holds nothing but what we wrote.

SECTOR=512

# Sets intent_uuid and intent_device; false if nothing is under way.
read_intent() {
    intent_uuid='' intent_device=''
    [ -r "$DIRECTORY/formatting" ] || return 1
    IFS=' ' read -r intent_uuid intent_device <"$DIRECTORY/formatting" || :
    is_uuid "$intent_uuid" || intent_uuid=''
    is_path "$intent_device" || intent_device=''
    [ -n "$intent_uuid" ]
}

# That of the volume $1 on the disk at $disk_path, by the name that it keeps after a restart if it has one.
write_intent() {
    intent_uuid=$1 intent_device=$disk_path
    [ -f "$disk_path" ] || intent_device=$(print_lasting_name "$disk_path")
    printf '%s %s\n' "$intent_uuid" "${intent_device:-$disk_path}" | replace_file "$DIRECTORY/formatting"
}

forget_intent() {
    rm -f "$DIRECTORY/formatting"
    sync "$DIRECTORY"
}

print_mark() {
    printf 'nsm-sensor format-disk %s' "$intent_uuid"
}

last_sector() {
    printf '%s' "$(($(device_bytes "$1") / SECTOR - 1))"
}

put_mark() {
    { print_mark; head -c "$SECTOR" /dev/zero; } | head -c "$SECTOR" | write_last_sector "$1"
}

take_mark_away() {
    ! has_mark "$1" || head -c "$SECTOR" /dev/zero | write_last_sector "$1"
}

write_last_sector() {
    dd of="$1" bs="$SECTOR" seek="$(last_sector "$1")" count=1 iflag=fullblock conv=notrunc,fsync 2>/dev/null
}

has_mark() {
    [ -n "$intent_uuid" ] && [ "$(dd if="$1" bs="$SECTOR" skip="$(last_sector "$1")" count=1 2>/dev/null | tr -d '\0' | head -c 80)" = "$(print_mark)" ]
}

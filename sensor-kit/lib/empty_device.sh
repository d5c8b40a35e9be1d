# shellcheck shell=sh
# Is there anything on a device? Formatting is for good, so everything that knows an answer is asked.

# Says why the device $1 (resolved, not a link) is not empty, or nothing.
find_content() {
    if used_by_kernel "$1"; then
        printf 'it is in use (mounted, swap, or part of another device)'
    elif has_partitions "$1"; then
        printf 'it has partitions'
    elif cryptsetup isLuks "$1" 2>/dev/null; then
        printf 'it has a LUKS header'
    elif [ -n "$(wipefs --no-act --noheadings "$1" 2>/dev/null)" ]; then
        printf 'it has a file system or another signature'
    elif blkid --probe "$1" >/dev/null 2>&1; then
        printf 'it has a file system or a partition table'
    elif ! edges_are_blank "$1"; then
        printf 'its first or last MiB is not blank'
    fi
}

# The device or a partition of it.
used_by_kernel() {
    while read -r source _; do
        used=$(readlink -f "$source" 2>/dev/null || :)
        [ "$used" != "$1" ] || return 0
        [ -z "$used" ] || [ ! -e "/sys/class/block/${1##*/}/${used##*/}/partition" ] || return 0
    done <<TABLES
$(cat /proc/self/mounts /proc/swaps)
TABLES
    [ ! -f "$1" ] || [ -z "$(losetup --noheadings --associated "$1" 2>/dev/null)" ] || return 0
    for holder in "/sys/class/block/${1##*/}/holders"/* "/sys/class/block/${1##*/}"/*/holders/*; do
        [ ! -e "$holder" ] || return 0
    done
    return 1
}

has_partitions() {
    [ -b "$1" ] || return 1
    for part in "/sys/class/block/${1##*/}"/*/partition; do
        [ ! -e "$part" ] || return 0
    done
    return 1
}

# Not every content has a signature that is known: raw captures, say, or another system's encryption.
edges_are_blank() {
    sectors=$(($(device_bytes "$1") / 512))
    { dd if="$1" bs=512 count=2048 2>/dev/null; dd if="$1" bs=512 skip=$((sectors - 2048)) 2>/dev/null; } |
        tr -d '\0' | head -c 1 | awk 'END { exit NR > 0 }'
}

device_bytes() {
    if [ -b "$1" ]; then blockdev --getsize64 "$1"; else stat -c %s "$1"; fi
}

# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# The backup of the LUKS header, and what is said of a header that is damaged.
#
# The header's first MiB lost is the disk lost, though base has the key: so a copy is kept on the root disk. It holds the
# volume's key sealed under base's, as the disk itself does, and tells a thief nothing that the disk does not.

# The first slot comes after both copies of the metadata (LUKS2 On-Disk Format Specification, 2.1): a key of 512 bits in
# 4000 stripes. A person may have added others.
SLOT_BEGINS=32768
SLOT_BYTES=256000

has_header_backup() {
    [ -f "$DIRECTORY/disk-header" ] && [ "$(cryptsetup luksUUID "$DIRECTORY/disk-header" 2>/dev/null)" = "$1" ]
}

# Copies the header of the disk $1, which base's key has just opened, unless there is a copy of it as it is. Best effort:
# /nsm is worth more than that.
back_up_header() {
    uuid=$(cryptsetup luksUUID "$1" 2>/dev/null) || return 1
    ! has_header_backup "$uuid" || slot_is_changed "$1" || return 0
    rm -f "$DIRECTORY/disk-header.new"
    if cryptsetup luksHeaderBackup --header-backup-file "$DIRECTORY/disk-header.new" "$1" &&
        sync "$DIRECTORY/disk-header.new" && mv -f "$DIRECTORY/disk-header.new" "$DIRECTORY/disk-header"; then
        sync "$DIRECTORY"
    else
        rm -f "$DIRECTORY/disk-header.new"
        say "the LUKS header could not be copied to $DIRECTORY/disk-header"
    fi
}

forget_header_backup() {
    rm -f "$DIRECTORY/disk-header" "$DIRECTORY/disk-header.new"
    sync "$DIRECTORY"
}

# Whether the first slot of the disk $1 is other than it was when the copy was made; false without a copy.
slot_is_changed() {
    has_header_backup "$(cryptsetup luksUUID "$1" 2>/dev/null)" &&
        ! cmp -s -i "$SLOT_BEGINS" -n "$SLOT_BYTES" "$DIRECTORY/disk-header" "$1"
}

restore_words() {
    if [ -n "$disk_uuid" ] && has_header_backup "$disk_uuid"; then
        printf 'to put the copy back: cryptsetup luksHeaderRestore --header-backup-file %s/disk-header %s' "$DIRECTORY" "$1"
    else
        printf 'there is no copy of it here, so what the disk holds is lost: nsm-sensor format-disk --wipe'
    fi
}

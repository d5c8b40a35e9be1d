# shellcheck shell=sh disable=SC2034,SC2154 # the settings are read by settings.sh; the outcome is used by unlock.sh
# How a disk that is open gets mounted, and how what waits for it is started.
#
# At boot nothing waits for the key, or systemd would be "starting" for as long as base holds it: what needs /nsm is
# refused at once (Requisite=nsm.mount in its drop-in) and started from here.

MOUNT_UNIT=nsm.mount

mount_disk() {
    if disk_is_mounted; then
        :
    elif ! has_file_system "$disk_mapper"; then
        outcome=$UNFINISHED
        outcome_text="the disk opens but holds no file system: run nsm-sensor format-disk again"
        cryptsetup close "$disk_mapper" || :
        return 0
    elif [ -n "$mount_point" ]; then
        mount "/dev/mapper/$disk_mapper" "$mount_point" || fail_mount "could not be mounted on $mount_point"
    elif has_mount_unit; then
        systemctl start "$MOUNT_UNIT" || fail_mount "could not be mounted: see systemctl status $MOUNT_UNIT"
    fi
    [ "$outcome" -ne 0 ] || ! has_mount_unit || start_what_waited
}

fail_mount() {
    outcome=$NOT_MOUNTED
    outcome_text="the disk is open, but $1"
}

# The unit may be of another volume, and there may be no systemd at all.
has_mount_unit() {
    command -v systemctl >/dev/null &&
        [ "$(systemctl show --property=What --value "$MOUNT_UNIT" 2>/dev/null)" = "/dev/mapper/$disk_mapper" ]
}

# Only what would have been started at boot. Nobody waits for it here: it may take as long as it likes.
start_what_waited() {
    for unit in $(systemctl show --property=RequisiteOf --value "$MOUNT_UNIT"); do
        ! systemctl is-enabled --quiet "$unit" || systemctl start --no-block "$unit" || :
    done
}

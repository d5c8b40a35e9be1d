# shellcheck shell=sh
# How prepared files take the place of the ones before, though power may be lost between any two renames.
#
# They are prepared in DIR/enrolment, DIR/renewal, DIR/settings, or in DIR/previous and DIR/settings-before (the files
# before a renewal or before base's new settings, until the tunnel has come up with those). `complete` in such a folder
# says that all are there, whole. From then on there is only one way, forward: the next one moves what was not moved yet.
# The mark goes once all names are on the disk.

# Does nothing when there is nothing to finish. The tunnel's start and a person may come at once: one moves, one waits.
finish_switch() {
    is_switch_begun || return 0
    (flock -w 10 9 && move_prepared) 9<"$DIRECTORY"
}

is_switch_begun() {
    for folder in enrolment previous renewal settings-before settings; do
        [ ! -e "$DIRECTORY/$folder/complete" ] || return 0
    done
    return 1
}

# Called where `set -e` is off, so each step says what depends on it.
move_prepared() {
    [ ! -e "$DIRECTORY/enrolment/complete" ] || move_enrolment || return 1
    [ ! -e "$DIRECTORY/previous/complete" ] || move_previous || return 1
    [ ! -e "$DIRECTORY/renewal/complete" ] || move_renewal || return 1
    [ ! -e "$DIRECTORY/settings-before/complete" ] || move_settings_before || return 1
    [ ! -e "$DIRECTORY/settings/complete" ] || move_settings
}

# What is under way or on trial is of the enrolment before, and would take this one's place. sensor.conf comes last: what
# needs an enrolled sensor looks for it.
move_enrolment() {
    forget_folder renewal && forget_folder previous && forget_folder settings && forget_folder settings-before &&
        move_files enrolment ca.crt tls-crypt-v2.key client.key client.crt client.conf sensor.conf &&
        forget_folder enrolment
}

move_previous() {
    move_files previous client.key client.crt && forget_folder previous
}

move_renewal() {
    move_files renewal client.key client.crt && keep_way_back renewal previous && forget_folder renewal
}

move_settings_before() {
    move_files settings-before client.conf sensor.conf && forget_folder settings-before
}

move_settings() {
    move_files settings client.conf sensor.conf && keep_way_back settings settings-before && forget_folder settings
}

# Files that are there already have connected, which those that are replaced now have not: then they stay the way back.
keep_way_back() {
    [ -d "$DIRECTORY/$1/before" ] || return 0
    [ -d "$DIRECTORY/$2" ] || mv "$DIRECTORY/$1/before" "$DIRECTORY/$2" || return 1
    sync "$DIRECTORY"
}

# What is not in the folder any more was moved before an interruption.
move_files() {
    from=$DIRECTORY/$1
    shift
    for name in "$@"; do
        [ ! -e "$from/$name" ] || mv -f "$from/$name" "$DIRECTORY/$name" || return 1
    done
    sync "$DIRECTORY" "$from"
}

# The mark goes first, and for good: a folder of which a part is gone must not look complete.
forget_folder() {
    [ -d "$DIRECTORY/$1" ] || return 0
    rm -f "$DIRECTORY/$1/complete" && sync "$DIRECTORY/$1" && rm -rf "${DIRECTORY:?}/$1"
}

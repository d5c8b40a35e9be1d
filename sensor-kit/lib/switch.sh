# shellcheck shell=sh
# How prepared files take the place of the ones before, though power may be lost between any two renames.
#
# They are prepared in DIR/enrolment, DIR/renewal, or DIR/previous (the pair before a renewal, until the tunnel has come
# up with the new one). `complete` in such a folder says that all are there, whole. From then on there is only one way,
# forward: the next one moves what was not moved yet. The mark goes once all names are on the disk.

# Does nothing when there is nothing to finish. The tunnel's start and a person may come at once: one moves, one waits.
finish_switch() {
    is_switch_begun || return 0
    (flock -w 10 9 && move_prepared) 9<"$DIRECTORY"
}

is_switch_begun() {
    for folder in enrolment previous renewal; do
        [ ! -e "$DIRECTORY/$folder/complete" ] || return 0
    done
    return 1
}

# Called where `set -e` is off, so each step says what depends on it.
move_prepared() {
    [ ! -e "$DIRECTORY/enrolment/complete" ] || move_enrolment || return 1
    [ ! -e "$DIRECTORY/previous/complete" ] || move_previous || return 1
    [ ! -e "$DIRECTORY/renewal/complete" ] || move_renewal
}

# A renewal under way and the pair before it are of the enrolment before, and would take this one's place. sensor.conf
# comes last: what needs an enrolled sensor looks for it.
move_enrolment() {
    forget_folder renewal && forget_folder previous &&
        move_files enrolment ca.crt tls-crypt-v2.key client.key client.crt client.conf sensor.conf &&
        forget_folder enrolment
}

move_previous() {
    move_files previous client.key client.crt && forget_folder previous
}

move_renewal() {
    move_files renewal client.key client.crt && keep_previous && forget_folder renewal
}

# A pair that is there already has connected, which the one that is replaced now has not: then it stays the way back.
keep_previous() {
    [ -d "$DIRECTORY/renewal/before" ] || return 0
    [ -d "$DIRECTORY/previous" ] || mv "$DIRECTORY/renewal/before" "$DIRECTORY/previous" || return 1
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

# shellcheck shell=sh
# How a renewed key and certificate take the place of the ones before, though power may be lost between the two renames.
#
# DIR/renewal/complete says that both are there, whole. From then on there is only one way, forward: whoever comes next
# moves what was not moved yet. The mark goes once both names are on the disk.

# Does nothing when there is nothing to finish. The tunnel's start and a person may come at once: one moves, one waits.
finish_switch() {
    [ -e "$DIRECTORY/renewal/complete" ] || return 0
    (flock -w 10 9 && move_renewal) 9<"$DIRECTORY"
}

# Called where `set -e` is off, so each step says what depends on it.
move_renewal() {
    [ -e "$DIRECTORY/renewal/complete" ] || return 0
    for name in client.key client.crt; do
        # What is not in the folder any more was moved before an interruption.
        [ ! -e "$DIRECTORY/renewal/$name" ] || mv -f "$DIRECTORY/renewal/$name" "$DIRECTORY/$name" || return 1
    done
    sync "$DIRECTORY" "$DIRECTORY/renewal" && forget_renewal
}

# The mark goes first, and for good: a folder of which a part is gone must not look complete.
forget_renewal() {
    [ -d "$DIRECTORY/renewal" ] || return 0
    rm -f "$DIRECTORY/renewal/complete" && sync "$DIRECTORY/renewal" && rm -rf "$DIRECTORY/renewal"
}

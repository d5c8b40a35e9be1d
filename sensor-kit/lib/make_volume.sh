# shellcheck shell=sh disable=SC2154 # the disk and the state it is in are known from format_disk.sh
# format-disk's steps once it is known what is on the disk: a header, its proof, its backup, a file system in it.

# A header with our mark that base's key opens was ended; one that it does not open never held anything.
is_made_already() {
    [ "$state" = begun ] && [ -n "$there" ] || return 1
    ask_for_key test_disk
    [ "$eater_status" != 0 ] || return 0
    [ "$curl_status" = 0 ] && [ "$answer_size" = "$KEY_BYTES" ] && return 1
    judge_answer
    die "$outcome" "$disk_path is not formatted yet: $outcome_text"
}

make_volume() {
    [ "$wipe" = yes ] || compare_two_keys
    # What was empty a moment ago may have been filled while base was asked.
    [ "$state" = begun ] || need_empty_disk
    use_key "formatting $disk_path failed" format_device
}

ask_for_key() {
    read_account "$({ request_disk_key | give_key_to "$@"; } 3>&1 >&2)"
}

# Fetches the key into "$2"..., or ends with the sentence $1.
use_key() {
    failure=$1
    shift
    ask_for_key "$@"
    [ "$eater_status" != 0 ] || return 0
    [ "$eater_status" != 2 ] || die "$WRONG_KEY" "$failure: base's key does not open it"
    [ -z "$eater_status" ] || die "$FAILED" "$failure (cryptsetup's exit code $eater_status)"
    judge_answer
    die "$outcome" "$failure: $outcome_text"
}

# Nothing is written before base has given the key for it. 512 random bits need no slow hash, and the default one needs
# more memory than a sensor has to spare at boot.
format_device() {
    if [ "$state" = empty ]; then
        write_intent "$(cat /proc/sys/kernel/random/uuid)" && put_mark "$real_device" || return 1
    fi </dev/null
    cryptsetup luksFormat --batch-mode --type luks2 --cipher aes-xts-plain64 --key-size 512 --hash sha256 \
        --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --label nsm --uuid "$intent_uuid" \
        --key-file=- --keyfile-size "$KEY_BYTES" "$disk_path"
}

# The proof is a fresh key that opens the volume: for real if this kernel can, and under a name that nobody waits for,
# since no file system that is half made may be mounted.
prove_volume() {
    doubt="$disk_path was formatted, but is not proven"
    [ "$state" != ours ] || doubt="$disk_path is left as it is (if what it holds may be lost: --wipe)"
    if has_device_mapper; then
        use_key "$doubt" open_disk "$new_mapper"
    else
        use_key "$doubt" test_disk
    fi
}

note_volume() {
    { look_whose_it_is "$disk_path" && keep_disk_settings; } ||
        die "$FAILED" "the disk's UUID could not be noted in $DIRECTORY/sensor.conf"
    back_up_header "$disk_path" || :
    # It may have been written by another process of ours.
    read_intent || :
    take_mark_away "$real_device" || die "$FAILED" "$disk_path cannot be written to"
}

# A file system that is there and that we did not begin is somebody's recordings.
finish_file_system() {
    has_device_mapper || {
        say "this kernel has no device mapper, so no file system was made"
        return 0
    }
    if ! is_unfinished && has_file_system "$new_mapper"; then
        say "the disk holds a file system already, which is kept"
    else
        is_unfinished || write_intent "$disk_uuid"
        mkfs.ext4 -q -F -L nsm "/dev/mapper/$new_mapper" || {
            cryptsetup close "$new_mapper" || :
            die "$FAILED" "mkfs.ext4 failed on $disk_path"
        }
    fi
    cryptsetup close "$new_mapper"
}

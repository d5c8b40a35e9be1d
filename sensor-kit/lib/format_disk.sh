# shellcheck shell=sh disable=SC2154 # the settings and answers are read by settings.sh and base.sh
# nsm-sensor format-disk: encrypt an empty disk under base's key, once it is certain that base keeps that key.
#
# Base makes the key at the first request for it. A disk formatted with a key that base then does not give out again is
# lost, so the key is fetched twice and compared first: both answers run through pipes into cmp, which holds them for the
# moment of the comparison. (A hash kept in a variable would need no less trust, and more thought.) A third request
# formats, a fourth proves that the disk opens. Base's audit trail shows all four.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/disk.sh
. "$LIBRARY/disk.sh"
# shellcheck source=sensor-kit/lib/empty_device.sh
. "$LIBRARY/empty_device.sh"

# The LUKS2 header alone takes 16 MiB.
SMALLEST_DISK=$((20 * 1024 * 1024))

show_format_disk_help() {
    cat <<'HELP'
Usage: nsm-sensor format-disk [--device PATH] [--mapper NAME] [--mount-point PATH]

Encrypts an EMPTY disk (a block device, or a plain file) as LUKS2 under the key that base holds, proves that it opens,
and makes an ext4 file system in it if this kernel has the device mapper. A disk that holds anything is refused.

  --device PATH       the disk; kept in sensor.conf
  --mapper NAME       the name it is opened under (default nsm); kept in sensor.conf
  --mount-point PATH  where unlock mounts it; leave it out when nsm.mount does that; kept in sensor.conf

Exit codes: 0 formatted and proven, 10 refused, 11 held, 12 no usable answer from base, 13 base's key does not open what
was formatted, 14 the disk is missing, 15 the disk holds something, 16 base did not give the same key twice, 1 failed.
HELP
}

read_format_disk_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --device) need_value "$@"; set_setting disk_device "$2" || die "$USAGE" "--device needs a plain absolute path" ;;
            --mapper) need_value "$@"; set_setting disk_mapper "$2" || die "$USAGE" "--mapper needs a plain name" ;;
            --mount-point) need_value "$@"; set_setting mount_point "$2" || die "$USAGE" "--mount-point needs a plain absolute path" ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor format-disk --help" ;;
        esac
        shift 2
    done
}

run_format_disk() {
    case ${1:-} in --help | -h) show_format_disk_help; exit 0 ;; esac
    need_programs curl cryptsetup cmp wipefs blkid dd
    read_settings
    read_format_disk_options "$@"
    [ -n "$machines_door_url" ] || die "$NO_SETTINGS" "no machines_door_url in $DIRECTORY/sensor.conf: enrol first"
    need_disk
    need_empty_disk
    compare_two_keys
    # What was empty a moment ago may have been filled while base was asked.
    need_empty_disk
    use_key format_device "formatting $disk_device failed"
    write_settings
    prove_disk
    printf '%s is encrypted under the key that base holds, and base'\''s key opens it\n' "$disk_device"
}

need_empty_disk() {
    real_device=$(readlink -f "$disk_device")
    [ "$(device_bytes "$real_device")" -ge "$SMALLEST_DISK" ] || die "$FAILED" "$disk_device is too small"
    content=$(find_content "$real_device")
    [ -z "$content" ] || die "$NOT_EMPTY" "$disk_device is not formatted, as $content"
}

# Both answers reach cmp through pipes; the sizes that curl counted show that it was not nothing against nothing.
compare_two_keys() {
    account=$({
        request_disk_key | give_key_to cat | {
            same=0
            { request_disk_key | give_key_to cat | cmp -s - /dev/fd/4; } 4<&0 || same=$?
            [ "$same" -ne 0 ] || printf 'same keys\n' >&3
        }
    } 3>&1 >&2)
    read_account "$account"
    if [ "$statuses" -ne 2 ] || [ -n "$answer_fault" ] || [ "$(count_whole_answers)" -ne 2 ]; then
        judge_answer
        die "$outcome" "nothing was formatted: $outcome_text"
    fi
    case $account in
        *'same keys'*) ;;
        *) die "$KEYS_DIFFER" "nothing was formatted: base gave two different keys" ;;
    esac
}

count_whole_answers() {
    printf '%s\n' "$account" | awk -v want="size $KEY_BYTES" '$0 == want { n++ } END { print n + 0 }'
}

# Fetches the key into "$1", or ends with the sentence $2.
use_key() {
    read_account "$({ request_disk_key | give_key_to "$1"; } 3>&1 >&2)"
    [ "$eater_status" != 0 ] || return 0
    [ "$eater_status" != 2 ] || die "$WRONG_KEY" "$2: the key does not open it"
    [ -z "$eater_status" ] || die "$FAILED" "$2 (cryptsetup's exit code $eater_status)"
    judge_answer
    die "$outcome" "$2: $outcome_text"
}

# 512 random bits need no slow hash, and the default one needs more memory than a sensor has to spare at boot.
format_device() {
    cryptsetup luksFormat --batch-mode --type luks2 --cipher aes-xts-plain64 --key-size 512 --hash sha256 \
        --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --label nsm \
        --key-file=- --keyfile-size "$KEY_BYTES" "$disk_device"
}

# The proof is a fresh key that opens what was formatted: for real if this kernel can, and then a file system is made.
prove_disk() {
    has_device_mapper || {
        use_key test_disk "$disk_device was formatted, but is not proven"
        say "this kernel has no device mapper, so no file system was made"
        return 0
    }
    use_key open_disk "$disk_device was formatted, but is not proven"
    made=0
    mkfs.ext4 -q -L nsm "/dev/mapper/$disk_mapper" || made=$?
    cryptsetup close "$disk_mapper"
    [ "$made" -eq 0 ] || die "$FAILED" "mkfs.ext4 failed on /dev/mapper/$disk_mapper"
}

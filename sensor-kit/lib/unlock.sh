# shellcheck shell=sh disable=SC2154 # the settings and answers are read by settings.sh and base.sh
# nsm-sensor unlock: ask base for the disk key until the disk is open.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/disk.sh
. "$LIBRARY/disk.sh"
# shellcheck source=sensor-kit/lib/mount_disk.sh
. "$LIBRARY/mount_disk.sh"
# shellcheck source=sensor-kit/lib/mend_clock.sh
. "$LIBRARY/mend_clock.sh"

LONGEST_PAUSE=60
# At boot a refusal is asked about again, since it may be taken back; rarely, since it mostly is not.
PAUSE_AFTER_REFUSAL=300

show_unlock_help() {
    cat <<'HELP'
Usage: nsm-sensor unlock [--test] [--once | --wait SECONDS]

Fetches the disk key from base through the tunnel and opens the disk with it, then mounts it: on the mount_point in
sensor.conf, else by starting nsm.mount. The disk is known by its LUKS UUID, whatever name it has today; one that is not
there is waited for. The key passes through a pipe and is kept nowhere.

  --test          only prove that the key opens the disk; nothing is mapped or mounted
  --once          ask once
  --wait SECONDS  keep trying for so long while the disk is missing, or base is unreachable or holds the key back;
                  anything else ends it at once
  (neither)       keep trying until the disk is mounted, whatever fails, as at boot

Exit codes: 0 open, 10 refused, 11 held, 12 no usable answer from base, 13 the key does not open the disk,
14 the disk is missing, 18 open but not mounted, 21 this box's clock is wrong and could not be set, 22 format-disk has
not ended yet, 23 the disk's header is damaged, 1 cryptsetup failed, 3 settings missing or malformed.
HELP
}

read_unlock_options() {
    test_only=no patience=endless
    while [ $# -gt 0 ]; do
        case $1 in
            --test) test_only=yes; shift ;;
            --once) patience=once; shift ;;
            --wait)
                need_value "$@"
                is_number "$2" || die "$USAGE" "--wait needs a number of seconds"
                patience=$2
                shift 2
                ;;
            --help | -h) show_unlock_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor unlock --help" ;;
        esac
    done
}

run_unlock() {
    read_unlock_options "$@"
    need_programs curl cryptsetup blkid cmp
    keep_asking
    finish_unlock
}

# Without end, whatever the reason: a disk may be plugged in, a header put back, a refusal taken back.
keep_asking() {
    case $patience in once | endless) deadline=0 ;; *) deadline=$(($(print_uptime) + patience)) ;; esac
    backoff=1 told=''
    while :; do
        # Read in each round, since format-disk or enrol may have been run meanwhile.
        read_settings
        limit_try
        try_once
        case $outcome in
            0) return 0 ;;
            "$HELD" | "$NO_DEVICE" | "$WRONG_CLOCK") ;;
            "$NO_ANSWER") leave_door ;;
            *) [ "$patience" = endless ] || return 0 ;;
        esac
        [ "$patience" != once ] || return 0
        choose_delay
        [ "$patience" = endless ] || [ $(($(print_uptime) + delay)) -le "$deadline" ] || return 0
        say "$outcome_text; trying again in about $delay s"
        record_outcome
        tell_that_it_waits
        pause_about "$delay"
    done
}

# No key is asked for that could open nothing: base counts each as a release.
try_once() {
    answer_retry=''
    if [ -z "$machines_door_url" ]; then
        outcome=$NO_SETTINGS outcome_text="no machines_door_url in $DIRECTORY/sensor.conf: enrol first"
    elif [ "$test_only" = no ] && disk_is_open; then
        outcome=0 outcome_text="the disk was open already"
    elif ! find_disk; then
        outcome=$disk_outcome outcome_text=$disk_problem
    elif [ "$test_only" = no ] && ! has_device_mapper; then
        outcome=$FAILED
        outcome_text="this kernel has no device mapper, so nothing can be mapped: use unlock --test"
    else
        try_to_open
        [ "$outcome" -ne "$NO_ANSWER" ] || look_to_clock
    fi
    [ "$outcome" -eq 0 ] && [ "$test_only" = no ] || return 0
    mount_disk
}

# One try must not outlast the patience.
limit_try() {
    case $patience in once | endless) return 0 ;; esac
    answer_seconds=$((deadline - $(print_uptime)))
    [ "$answer_seconds" -ge 1 ] || answer_seconds=1
    [ "$answer_seconds" -le "$LONGEST_ANSWER" ] || answer_seconds=$LONGEST_ANSWER
}

# How long to wait is base's to say, within bounds: a broken answer must not put a sensor to sleep for a year.
choose_delay() {
    delay=$backoff
    case $outcome in
        "$REFUSED" | "$WRONG_KEY" | "$DAMAGED")
            delay=$PAUSE_AFTER_REFUSAL
            return 0
            ;;
    esac
    if [ -n "$answer_retry" ]; then
        delay=$answer_retry
        [ "$delay" -ge 1 ] || delay=1
        [ "$delay" -le "$PAUSE_AFTER_REFUSAL" ] || delay=$PAUSE_AFTER_REFUSAL
    else
        backoff=$((backoff * 2))
        [ "$backoff" -le "$LONGEST_PAUSE" ] || backoff=$LONGEST_PAUSE
    fi
}

# Base believes what was said since the tunnel came up: a box that waits says how its disk is, once for each reason.
tell_that_it_waits() {
    case $outcome in "$NO_ANSWER" | "$WRONG_CLOCK") return 0 ;; esac
    [ "$test_only" = no ] && [ "$told" != "$outcome_text" ] || return 0
    ! send_heartbeat "$(print_disk_word)" || told=$outcome_text
}

# One request, and its key straight into cryptsetup. Only the account on descriptor 3 is captured.
try_to_open() {
    eater=open_disk
    [ "$test_only" = no ] || eater=test_disk
    read_account "$({ request_disk_key | give_key_to "$eater"; } 3>&1 >&2)"
    if [ "$eater_status" = 0 ]; then
        outcome=0
        opened_text
        [ "$test_only" = yes ] || note_disk
    elif [ -z "$eater_status" ] || [ "$curl_status" != 0 ]; then
        judge_answer
    elif [ "$eater_status" = 2 ]; then
        judge_closed_disk
    elif [ "$answer_size" -lt "$KEY_BYTES" ]; then
        judge_answer
    elif [ "$test_only" = no ] && disk_is_open; then
        outcome=0 outcome_text="the disk was opened by another run of this command"
    else
        outcome=$FAILED outcome_text="cryptsetup failed on $disk_path with exit code $eater_status"
    fi
}

opened_text() {
    outcome_text="the key opened $disk_path as $disk_mapper"
    [ "$test_only" = yes ] || return 0
    outcome_text="the key opens the volume; as this is a test, nothing is mapped"
    has_device_mapper || outcome_text="the key opens the volume; this kernel has no device mapper, so nothing is mapped"
}

# A key that opens nothing is another disk's, unless the slot is not what it was.
judge_closed_disk() {
    outcome=$WRONG_KEY outcome_text="base's key does not open $disk_path"
    slot_is_changed "$disk_path" || return 0
    outcome=$DAMAGED
    outcome_text="base's key does not open $disk_path, whose key slot is damaged; $(restore_words "$disk_path")"
}

# A key that opens the disk is the proof that it is ours. Best effort, as a root disk that is full or read-only must not
# keep /nsm closed.
note_disk() {
    remember_disk "$disk_path" || say "the disk's UUID could not be noted in $DIRECTORY/sensor.conf"
    back_up_header "$disk_path" || :
}

# For status to tell; best effort, as a full or read-only disk must not keep /nsm closed.
record_outcome() {
    printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$outcome" "$outcome_text" \
        2>/dev/null >"$DIRECTORY/last-unlock" || :
}

finish_unlock() {
    record_outcome
    # Base hears what is so, not what was tried: after --test the disk is as closed as before.
    { [ "$outcome" -eq "$NO_ANSWER" ] || [ "$outcome" -eq "$WRONG_CLOCK" ]; } && ! disk_is_open || send_heartbeat "$(print_disk_word)" || :
    [ "$outcome" -ne 0 ] || { printf '%s\n' "$outcome_text"; exit 0; }
    die "$outcome" "$outcome_text"
}

# shellcheck shell=sh disable=SC2034 # exit codes and options are used by the files that read this one
# Exit codes, and how this kit speaks: progress and errors on stderr, results on stdout.

FAILED=1
USAGE=2
NO_SETTINGS=3
NO_PROGRAM=4
REFUSED=10
HELD=11
NO_ANSWER=12
WRONG_KEY=13
NO_DEVICE=14
NOT_EMPTY=15
KEYS_DIFFER=16
NOT_TAKEN=17
NOT_MOUNTED=18
NOT_PROVEN=19
EXPIRED=20
WRONG_CLOCK=21
UNFINISHED=22
DAMAGED=23
NO_FIREWALL=24
SETTINGS_PUT_BACK=25
NOT_IN_ORDER=30

say() {
    printf 'nsm-sensor: %s\n' "$*" >&2
}

die() {
    code=$1
    shift
    say "$*"
    exit "$code"
}

need_value() {
    [ $# -ge 2 ] || die "$USAGE" "$1 needs a value"
}

need_programs() {
    for program in "$@"; do
        command -v "$program" >/dev/null || die "$NO_PROGRAM" "the program $program is not installed"
    done
}

# Seconds since the boot, for how long something takes: the clock may be set meanwhile, by years.
print_uptime() {
    read -r seconds_up rest_of_line </proc/uptime
    printf '%s\n' "${seconds_up%%.*}"
}

# A trap can run only between foreground commands; waiting for a background sleep ends at once when we are told to stop.
pause() {
    sleep "$1" &
    sleeping=$!
    trap 'end_pause 143' TERM
    trap 'end_pause 130' INT
    wait "$sleeping" || :
    trap - TERM INT
}

end_pause() {
    kill "$sleeping" 2>/dev/null || :
    wait "$sleeping" || :
    exit "$1"
}

# Adds up to a quarter, so that sensors that lost base together do not come back together.
pause_about() {
    random=$(od -An -N2 -tu2 /dev/urandom)
    milliseconds=$(($1 * 1000 + random % ($1 * 250 + 1)))
    pause "$((milliseconds / 1000)).$(printf '%03d' "$((milliseconds % 1000))")"
}

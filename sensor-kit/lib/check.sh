# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh, options by this file
# nsm-sensor check: what an installer has to mend, before shipping and on site.
#
# Each finding is a line of its own, "ok", "FAULT" or "note", and says what to do. What asks base goes through the same
# commands that people and units run, so that a check and the real thing cannot differ.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/status.sh
. "$LIBRARY/status.sh"
# shellcheck source=sensor-kit/lib/mend_clock.sh
. "$LIBRARY/mend_clock.sh"
# shellcheck source=sensor-kit/lib/check_line.sh
. "$LIBRARY/check_line.sh"
# shellcheck source=sensor-kit/lib/check_box.sh
. "$LIBRARY/check_box.sh"

show_check_help() {
    cat <<'HELP'
Usage: nsm-sensor check [--without-key] [--json]

Looks at everything that this box needs: clock, certificate, the way to the gateway, the tunnel (proved by an answer from
base), networks that overlap, the disk and its key, /nsm, the firewall, units, other disks. Each line that says FAULT says what to
do.
Changes nothing on the box; base gives out the disk key once, as at a boot, and its audit trail shows it.

  --without-key  do not ask base for the disk key
  --json         the same for programs

Exit codes: 0 all is as it should be, 30 something is not, 3 settings missing or malformed, or not enrolled.
HELP
}

run_check() {
    format=text with_key=yes
    while [ $# -gt 0 ]; do
        case $1 in
            --without-key) with_key=no; shift ;;
            --json) format=json; shift ;;
            --help | -h) show_check_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor check --help" ;;
        esac
    done
    need_programs awk curl ip openssl openvpn cryptsetup flock
    read_settings
    in_order=true separator='{"checks": ['
    check_clock
    check_certificate
    check_gateways
    check_tunnel
    check_overlap
    check_disk
    check_key
    check_mount
    check_firewall
    check_units
    check_gates
    check_other_disks
    [ "$format" = text ] || printf '],\n "in_order": %s}\n' "$in_order"
    [ "$in_order" = true ] || exit "$NOT_IN_ORDER"
}

# RESULT SUBJECT WORDS...; the result is ok, fault or note.
tell() {
    result=$1 subject_of_check=$2
    shift 2
    [ "$result" != fault ] || in_order=false
    if [ "$format" = json ]; then
        printf '%s{"check": %s, "result": %s, "text": %s}' "$separator" "$(quote "$subject_of_check")" \
            "$(quote "$result")" "$(quote "$*")"
        separator=',
 '
        return 0
    fi
    [ "$result" != fault ] || result=FAULT
    printf '%-6s %-12s %s\n' "$result" "$subject_of_check" "$*"
}

# The same program, as a person would run it. Sets answer_code and answer_words: the last thing that it said.
ask_ourselves() {
    answer_code=0
    answer_words=$(sh "$OURSELVES" --directory "$DIRECTORY" "$@" 2>&1 </dev/null) || answer_code=$?
    answer_words=$(printf '%s\n' "$answer_words" | tail -n 1 | sed 's/^nsm-sensor: //')
}

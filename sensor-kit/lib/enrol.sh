# shellcheck shell=sh disable=SC2154,SC2034 # the settings are read and set by settings.sh
# nsm-sensor enrol: a one-time code in, this sensor's certificate and tunnel configuration out.
#
# All is prepared in DIR/enrolment, which outlives an interruption: base binds a code to the first CSR, so asking again
# must mean the same key. Once all is there, switch.sh puts it in place.

# shellcheck source=sensor-kit/lib/certificate_request.sh
. "$LIBRARY/certificate_request.sh"
# shellcheck source=sensor-kit/lib/certificate_answer.sh
. "$LIBRARY/certificate_answer.sh"
# shellcheck source=sensor-kit/lib/way_to_portal.sh
. "$LIBRARY/way_to_portal.sh"
# shellcheck source=sensor-kit/lib/tunnel_answer.sh
. "$LIBRARY/tunnel_answer.sh"
# shellcheck source=sensor-kit/lib/mend_clock.sh
. "$LIBRARY/mend_clock.sh"
# shellcheck source=sensor-kit/lib/enrolment_answer.sh
. "$LIBRARY/enrolment_answer.sh"

show_enrol_help() {
    cat <<'HELP'
Usage: nsm-sensor enrol --portal URL [--ca-file FILE] --code-file FILE|- [--timeout SECONDS] [--again]

Makes this sensor's private key (it never leaves the box), sends a certificate request with the one-time code to the
portal, and stores what comes back. May be run again after an interruption.

  --portal URL       the portal, https:// (http:// only for this very machine)
  --ca-file FILE     trust this authority alone for the portal's certificate, instead of the system's
  --code-file FILE   the file that holds the one-time code; - for stdin
  --timeout SECONDS  give up after so long (default 120)
  --again            enrol a sensor that is enrolled once more: new code, new key

Exit codes: 0 enrolled, 10 code or request refused, 12 no usable answer from the portal, 17 the answer was not taken,
21 this box's clock is wrong and could not be set, 1 failed, 2 wrong usage, 4 a program is missing.
HELP
}

read_enrol_options() {
    portal='' ca_file='' code_file='' timeout=120 again=no
    while [ $# -gt 0 ]; do
        case $1 in
            --portal) need_value "$@"; portal=${2%/}; shift 2 ;;
            --ca-file) need_value "$@"; ca_file=$2; shift 2 ;;
            --code-file) need_value "$@"; code_file=$2; shift 2 ;;
            --timeout) need_value "$@"; timeout=$2; shift 2 ;;
            --again) again=yes; shift ;;
            --help | -h) show_enrol_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor enrol --help" ;;
        esac
    done
    is_portal_url "$portal" || die "$USAGE" "--portal needs an https:// address"
    is_number "$timeout" || die "$USAGE" "--timeout needs a number of seconds"
    [ -n "$code_file" ] || die "$USAGE" "--code-file is missing (- for stdin)"
    [ -z "$ca_file" ] || [ -r "$ca_file" ] || die "$USAGE" "cannot read $ca_file"
}

run_enrol() {
    read_enrol_options "$@"
    need_programs curl openssl awk flock
    pending=$DIRECTORY/enrolment
    mkdir -p "$DIRECTORY"
    chmod 0700 "$DIRECTORY"
    claim_directory
    if [ -e "$pending/complete" ]; then
        put_in_place
    elif [ "$again" = no ] && [ -e "$DIRECTORY/client.crt" ]; then
        read_settings
        printf 'already enrolled as %s (to enrol once more: --again)\n' "$subject"
        return 0
    else
        mkdir -p "$pending"
        read_code
        open_way_to_portal
        need_right_clock
        make_key_and_request
        ask_for_certificate "the portal"
        take_answer
        put_in_place
    fi
    read_settings
    printf 'enrolled as %s with address %s\n' "$subject" "$address"
    # OpenVPN keeps what it has read, and does not end when base refuses that.
    [ "$again" = no ] || printf 'a tunnel that runs still has the certificate before: systemctl restart nsm-tunnel.service\n'
}

# The portal's certificate cannot be judged without, and ours would begin in this box's future.
need_right_clock() {
    portal_url=$portal
    mend_clock || die "$WRONG_CLOCK" "$clock_words"
    [ -z "$clock_words" ] || say "$clock_words"
}

# The code stays in this shell: it is neither exported nor an argument of any program.
read_code() {
    code=''
    if [ "$code_file" = - ]; then
        IFS= read -r code || :
    else
        [ -r "$code_file" ] || die "$USAGE" "cannot read $code_file"
        IFS= read -r code <"$code_file" || :
    fi
    code=${code%"$(printf '\r')"}
    case $code in
        '' | *[!A-Za-z0-9\ -]*) die "$USAGE" "the code file holds no code of letters, digits, dashes and spaces" ;;
    esac
    [ ${#code} -le 200 ] || die "$USAGE" "the code is too long"
}

print_request() {
    printf '{"code":"%s","csr":"' "$code"
    print_request_text
    printf '"}'
}

# Sets http_status; "000" when there was no answer. Body and head go to files, since no disk key is in them.
# Descriptor 8 is our lock: what waits for an answer may outlive us.
post_request() {
    set -- --proto =https --tlsv1.2
    case $portal in http:*) set -- --proto =http ;; esac
    [ -z "$ca_file" ] || set -- "$@" --cacert "$ca_file" --capath "$pending/no-other-authorities"
    http_status=$(exec 8<&-; print_request | curl -q --silent --show-error --globoff --noproxy '*' "$@" \
        --connect-timeout 5 --max-time "$answer_seconds" --max-filesize 262144 --data-binary @- \
        --header 'Content-Type: application/json' --header 'Accept: application/json' --header 'Expect:' \
        --output "$pending/answer" --dump-header "$pending/head" --write-out '%{http_code}' \
        --url "$portal/api/v1/enrol") || http_status=000
}

refuse_request() {
    reason=$(print_reason)
    die "$REFUSED" "the portal refused the enrolment (${reason:-status $http_status})"
}

put_in_place() {
    finish_switch || die "$FAILED" "what was prepared could not be put in place; run the same command again"
}

# shellcheck shell=sh disable=SC2154,SC2034 # settings and answers are shared between the files of this kit
# nsm-sensor renew: a new key, and base's certificate for it, asked for through the tunnel with the certificate of now.
#
# All is prepared in DIR/renewal; renewal_switch.sh then puts it in place.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/certificate_request.sh
. "$LIBRARY/certificate_request.sh"
# shellcheck source=sensor-kit/lib/certificate_answer.sh
. "$LIBRARY/certificate_answer.sh"

show_renew_help() {
    cat <<'HELP'
Usage: nsm-sensor renew [--timeout SECONDS | --finish]

Makes a new private key (it never leaves the box), asks base through the tunnel for its certificate, and puts both in
place. May be run again after an interruption. The tunnel keeps its session; the new certificate is used at its next
start, or at once after: systemctl try-restart nsm-tunnel.service

  --timeout SECONDS  give up after so long (default 120)
  --finish           only finish a renewal that was interrupted while it was put in place; asks base nothing

Exit codes: 0 renewed (or nothing to finish), 10 refused, 12 no usable answer from base, 17 base's certificate was not
taken and nothing is changed, 1 failed, 2 wrong usage, 3 settings missing or malformed, 4 a program is missing.
HELP
}

read_renew_options() {
    timeout=120 finish_only=no
    while [ $# -gt 0 ]; do
        case $1 in
            --timeout) need_value "$@"; timeout=$2; shift 2 ;;
            --finish) finish_only=yes; shift ;;
            --help | -h) show_renew_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor renew --help" ;;
        esac
    done
    is_number "$timeout" || die "$USAGE" "--timeout needs a number of seconds"
}

run_renew() {
    read_renew_options "$@"
    pending=$DIRECTORY/renewal
    if [ -e "$pending/complete" ]; then
        switch "finished a renewal that was interrupted"
    elif [ "$finish_only" = no ]; then
        need_programs curl openssl awk flock
        read_settings
        [ -n "$machines_door_url" ] || die "$NO_SETTINGS" "no machines_door_url in $DIRECTORY/sensor.conf: enrol first"
        [ -n "$subject" ] || die "$NO_SETTINGS" "no subject in $DIRECTORY/sensor.conf: enrol first"
        claim_folder
        make_key_and_request
        ask_for_certificate base
        take_answer
        switch "renewed the certificate of $subject"
    fi
}

# Two renewals at once would take each other's files away. The lock goes with this process, however that ends.
claim_folder() {
    mkdir -p "$pending"
    exec 8<"$pending"
    flock -n 8 || die "$FAILED" "another renewal is under way"
    [ ! -e "$pending/complete" ] || die "$FAILED" "another renewal has just ended; run this again"
}

print_request() {
    printf '{"csr":"'
    print_request_text
    printf '"}'
}

# Sets http_status; "000" when there was no answer.
post_request() {
    http_status=$(print_request | call_base /v1/certificate --data-binary @- \
        --header 'Content-Type: application/json' --header 'Accept: application/json' \
        --output "$pending/answer" --dump-header "$pending/head" --write-out '%{http_code}' 8<&-) || http_status=000
}

# A request at fault stays at fault, so the next run starts with another. All other refusals are about this sensor and
# may be taken back, and then the same key serves: base is not to sign one for each time that it was asked in vain.
refuse_request() {
    reason=$(print_reason)
    [ "$reason" != csr-refused ] || forget_renewal
    die "$REFUSED" "base refused the renewal (${reason:-status $http_status})"
}

# Base answers the same request the same way for ever (also with a certificate that has expired meanwhile), so asking
# again with this key would never end differently.
reject() {
    forget_renewal
    die "$NOT_TAKEN" "base's certificate was not taken: $*"
}

# What is stored is the one certificate that is checked here, whatever else came with it. The authority is our own: one
# that base sends along proves nothing.
take_answer() {
    member certificate | openssl x509 2>/dev/null | replace_file "$pending/client.crt"
    check_certificate "$DIRECTORY/ca.crt"
    : | replace_file "$pending/complete"
}

switch() {
    finish_switch || die "$FAILED" "the new certificate could not be put in place; run nsm-sensor renew --finish"
    printf '%s\n' "$1"
    printf 'The tunnel uses it from its next start on; at once: systemctl try-restart nsm-tunnel.service\n'
}

# shellcheck shell=sh disable=SC2154,SC2034 # settings and answers are shared between the files of this kit
# nsm-sensor renew: a new key, and base's certificate for it, asked for through the tunnel with the certificate of now.
#
# All is prepared in DIR/renewal, then switch.sh puts it in place; trial.sh looks whether the tunnel comes up.

# shellcheck source=sensor-kit/lib/base.sh
. "$LIBRARY/base.sh"
# shellcheck source=sensor-kit/lib/certificate_request.sh
. "$LIBRARY/certificate_request.sh"
# shellcheck source=sensor-kit/lib/certificate_answer.sh
. "$LIBRARY/certificate_answer.sh"
# shellcheck source=sensor-kit/lib/tunnel.sh
. "$LIBRARY/tunnel.sh"
# shellcheck source=sensor-kit/lib/mend_clock.sh
. "$LIBRARY/mend_clock.sh"
# shellcheck source=sensor-kit/lib/renewal_due.sh
. "$LIBRARY/renewal_due.sh"
# shellcheck source=sensor-kit/lib/trial.sh
. "$LIBRARY/trial.sh"
# shellcheck source=sensor-kit/lib/renewal_trial.sh
. "$LIBRARY/renewal_trial.sh"

show_renew_help() {
    cat <<'HELP'
Usage: nsm-sensor renew [--due] [--timeout SECONDS] | --prove | --finish

Makes a new private key (it never leaves the box), asks base through the tunnel for its certificate, and puts both in
place. May be run again after an interruption. The tunnel keeps its session; the new certificate is used at its next
start. The pair before is kept until --prove has seen the tunnel come up with the new one. nsm-renew.timer does it all.

  --due              only if two thirds of the certificate's life are over; tells otherwise when that will be
  --timeout SECONDS  give up after so long (default 120)
  --prove            restart the tunnel if a renewed pair waits for it; if it does not come up, put the pair before back
  --finish           only finish what was interrupted while it was put in place; asks base nothing

Exit codes: 0 renewed (or nothing to do), 10 refused, 12 no usable answer from base, 17 base's certificate was not
taken and nothing is changed, 19 the tunnel did not come up with the new certificate, 20 the certificate has ended and
this box needs a new code (enrol --again), 21 this box's clock is wrong, 1 failed, 2 wrong usage, 3 settings missing
or malformed, 4 a program is missing.
HELP
}

read_renew_options() {
    timeout=120 what=renew
    while [ $# -gt 0 ]; do
        case $1 in
            --timeout) need_value "$@"; timeout=$2; shift 2 ;;
            --due | --prove | --finish)
                [ "$what" = renew ] || die "$USAGE" "--$what and $1 exclude each other"
                what=${1#--}
                shift
                ;;
            --help | -h) show_renew_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor renew --help" ;;
        esac
    done
    is_number "$timeout" || die "$USAGE" "--timeout needs a number of seconds"
}

run_renew() {
    read_renew_options "$@"
    pending=$DIRECTORY/renewal
    if [ "$what" = finish ]; then
        finish_only
        return 0
    fi
    need_programs curl openssl awk flock
    [ ! -d "$DIRECTORY" ] || claim_directory
    was_begun=no
    ! is_switch_begun || was_begun=yes
    read_settings
    ! is_switch_begun || die "$FAILED" "what was interrupted could not be put in place"
    case $what in
        prove) prove_pair ;;
        due) end_unless_due; renew_now ;;
        # What was finished just now is not asked for again.
        renew) if [ "$was_begun" = yes ]; then tell_of_switch "finished what was interrupted"; else renew_now; fi ;;
    esac
}

finish_only() {
    is_switch_begun || return 0
    finish_switch || die "$FAILED" "what was interrupted could not be put in place; run nsm-sensor renew --finish"
    printf 'finished what was interrupted\n'
}

renew_now() {
    # Of two that are tried at once nobody could say which one failed.
    [ ! -d "$DIRECTORY/settings-before" ] ||
        die "$FAILED" "base's new settings have to prove themselves first: nsm-sensor settings"
    [ -n "$machines_door_url" ] || die "$NO_SETTINGS" "no machines_door_url in $DIRECTORY/sensor.conf: enrol first"
    [ -n "$subject" ] || die "$NO_SETTINGS" "no subject in $DIRECTORY/sensor.conf: enrol first"
    mkdir -p "$pending"
    make_key_and_request
    sign_request
    ask_for_certificate base
    take_answer
    finish_switch || die "$FAILED" "the new certificate could not be put in place; run nsm-sensor renew --finish"
    tell_of_switch "renewed the certificate of $subject"
}

# Base renews for nobody but who holds the key of now, and wants its signature over the request. It is made again in each
# run, since the pair of now may have been another one before.
sign_request() {
    proof=$(print_signed | openssl dgst -sha256 -sign "$DIRECTORY/client.key" | openssl base64 -A)
    [ -n "$proof" ] || die "$FAILED" "the request could not be signed with $DIRECTORY/client.key"
}

print_signed() {
    printf 'nsmaas renewal v1\n%s\n' "$subject"
    cat "$pending/client.csr"
}

print_request() {
    printf '{"csr":"'
    print_request_text
    printf '","proof":"%s"}' "$proof"
}

# Sets http_status; "000" when there was no answer. Descriptor 8 is our lock: what waits for an answer may outlive us.
post_request() {
    http_status=$(exec 8<&-; print_request | call_base /v1/certificate --data-binary @- \
        --header 'Content-Type: application/json' --header 'Accept: application/json' \
        --output "$pending/answer" --dump-header "$pending/head" --write-out '%{http_code}') || http_status=000
}

# A request at fault stays at fault, as does a key that had a certificate before, so the next run starts with another. All
# other refusals are about this sensor and may be taken back, and then the same key serves: base is not to sign one for
# each time that it was asked in vain.
refuse_request() {
    reason=$(print_reason)
    case $reason in csr-refused | proof-refused) forget_folder renewal ;; esac
    die "$REFUSED" "base refused the renewal (${reason:-status $http_status})"
}

# Base answers the same request the same way for ever (also with a certificate that has expired meanwhile), so asking
# again with this key would never end differently.
reject() {
    forget_folder renewal
    die "$NOT_TAKEN" "base's certificate was not taken: $*"
}

# What is stored is the one certificate that is checked here, whatever else came with it. The authority is our own: one
# that base sends along proves nothing.
take_answer() {
    member certificate | openssl x509 2>/dev/null | replace_file "$pending/client.crt"
    check_certificate "$DIRECTORY/ca.crt"
    link_pair_before
    : | replace_file "$pending/complete"
}

# Second names for the pair of now, so that it outlives the switch.
link_pair_before() {
    mkdir -p "$pending/before"
    for name in client.key client.crt; do ln -f "$DIRECTORY/$name" "$pending/before/$name"; done
    sync "$pending/before"
}

tell_of_switch() {
    printf '%s\n' "$1"
    printf 'The tunnel uses it from its next start on; at once, and with a way back: nsm-sensor renew --prove\n'
}

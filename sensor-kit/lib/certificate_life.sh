# shellcheck shell=sh disable=SC2034 # what is found out here is used by renew.sh, renewal_due.sh and status.sh
# How much of the certificate's life is over, by this box's clock, which may be wrong.

# Sets certificate_state (missing, early, good, due, ended), and from certificate_begins to renewal_due what is known.
# Whole days, rounded down: below zero once it has ended.
look_at_certificate() {
    certificate_state=missing certificate_begins='' certificate_ends='' certificate_days='' renewal_due=''
    dates=$(openssl x509 -in "$DIRECTORY/client.crt" -noout -dates 2>/dev/null) || return 0
    begin=$(print_seconds notBefore) && end=$(print_seconds notAfter) || return 0
    now=$(date +%s)
    due=$((begin + (end - begin) * 2 / 3))
    certificate_begins=$(print_time "$begin") certificate_ends=$(print_time "$end") renewal_due=$(print_time "$due")
    if [ "$now" -lt "$begin" ]; then
        certificate_state=early
    elif [ "$now" -ge "$end" ]; then
        certificate_state=ended
    elif [ "$now" -ge "$due" ]; then
        certificate_state=due
    else
        certificate_state=good
    fi
    seconds=$((end - now))
    [ "$seconds" -ge 0 ] || seconds=$((seconds - 86399))
    certificate_days=$((seconds / 86400))
}

print_seconds() {
    date -d "$(printf '%s\n' "$dates" | sed -n "s/^$1=//p")" +%s 2>/dev/null
}

print_time() {
    date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# Our authority lives so much longer than a certificate that a clock past its end is hardly right.
is_clock_past_authority() {
    dates=$(openssl x509 -in "$DIRECTORY/ca.crt" -noout -dates 2>/dev/null) && end=$(print_seconds notAfter) || return 1
    [ "$now" -gt "$end" ]
}

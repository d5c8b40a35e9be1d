# shellcheck shell=sh disable=SC2154,SC2034 # the settings are read by settings.sh, certificate_life.sh looks at the certificate
# A clock that cannot be right: whether it is one, and the time that it is set to.
#
# Time servers come first. Without them the portal is asked, over TLS whose certificates nobody can judge yet: so the
# answer is signed itself (RFC 3161), by a key of our authority that signs times and nothing else, over a number that was
# drawn here just now. Its certificate is judged at the very time that it tells, and lives for a day: a thief of an old
# key could tell old times alone, and the clock is never set back.

# shellcheck source=sensor-kit/lib/certificate_life.sh
. "$LIBRARY/certificate_life.sh"

# What is older than this is no answer to what was asked.
LONGEST_WAIT_FOR_TIME=30

is_set_by_time_server() {
    [ "$(timedatectl show --property=NTPSynchronized --value 2>/dev/null)" = yes ]
}

# Sets clock_fault to what speaks against this box's clock; to nothing if it may be right.
look_at_clock() {
    clock_fault='' now=$(date +%s)
    if [ "$now" -lt "$KIT_BUILT" ]; then
        clock_fault="this kit was made at $(print_time "$KIT_BUILT")"
        return 0
    fi
    look_at_certificate
    if [ "$certificate_state" = early ]; then
        clock_fault="the certificate begins at $certificate_begins"
    elif is_clock_past_authority; then
        clock_fault="base's authority would have ended"
    fi
}

# Returns 0 if the clock may be right, at once or since it was set, else 1. clock_words tells what was done or found wrong.
mend_clock() {
    clock_words=''
    look_at_clock
    [ -n "$clock_fault" ] || return 0
    clock_words="this box's clock is wrong: it says $(print_time "$now"), but $clock_fault"
    if is_set_by_time_server; then
        blame "a time server has set it so: name another one"
        return 1
    fi
    time_folder=$(mktemp -d) || { blame "no folder could be made in ${TMPDIR:-/tmp}"; return 1; }
    told='' why_not=''
    if [ -e "$DIRECTORY/ca.crt" ]; then ask_authority; else ask_as_stranger; fi
    rm -rf "$time_folder"
    if [ -n "$told" ]; then set_clock; fi
    [ -n "$why_not" ] || { clock_words="this box's clock was wrong; it is set to $(print_time "$told")"; return 0; }
    blame "$why_not. Let time servers through (UDP 123), or set it: date -u -s 'YYYY-MM-DD HH:MM'"
    return 1
}

blame() {
    clock_words="$clock_words; $1"
}

# Sets told, in seconds since 1970, or why_not.
ask_authority() {
    [ -n "$portal_url" ] || { why_not="$DIRECTORY/sensor.conf has no portal_url to ask"; return 0; }
    head -c 32 /dev/urandom >"$time_folder/drawn"
    openssl ts -query -data "$time_folder/drawn" -sha256 -cert -out "$time_folder/query" 2>/dev/null ||
        { why_not="openssl made no question for the time"; return 0; }
    asked_at=$(print_uptime)
    post_query
    [ "$time_status" = 200 ] || { why_not="$portal_url told no time (status $time_status)"; return 0; }
    # The status beside the token is not signed: of what it says nothing is read.
    openssl ts -reply -in "$time_folder/reply" -token_out -out "$time_folder/token" 2>/dev/null || :
    claimed=$(openssl ts -reply -in "$time_folder/token" -token_in -text 2>/dev/null |
        sed -n 's/^Time stamp: //p' | head -n 1)
    claimed=$(seconds_of "$claimed")
    if [ -z "$claimed" ] || ! is_signed_at "$claimed"; then
        why_not="the time that $portal_url told is not signed by base's authority for this question"
    elif [ $(($(print_uptime) - asked_at)) -gt "$LONGEST_WAIT_FOR_TIME" ]; then
        why_not="the time that $portal_url told came too late"
    else
        told=$claimed
    fi
}

# Nothing of what is sent or comes back is secret. Without --insecure a clock at 1970 would refuse any certificate.
post_query() {
    while :; do
        time_status=$(exec 8<&-; curl -q --silent --insecure --globoff --noproxy '*' --proto '=https' \
            --connect-timeout 5 --max-time 10 --max-filesize 16384 --data-binary @"$time_folder/query" \
            --header 'Content-Type: application/timestamp-query' --header 'Expect:' \
            --output "$time_folder/reply" --write-out '%{http_code}' \
            --url "$portal_url/api/v1/time" 2>/dev/null) || time_status=000
        [ "$time_status" = 202 ] && [ $(($(print_uptime) - asked_at)) -lt "$LONGEST_WAIT_FOR_TIME" ] || return 0
        pause 1 8<&-
    done
}

# Of our own authority alone; openssl ts adds none of the system's.
is_signed_at() {
    openssl ts -verify -queryfile "$time_folder/query" -in "$time_folder/token" -token_in -partial_chain \
        -CAfile "$DIRECTORY/ca.crt" -attime "$1" >/dev/null 2>&1
}

# A box that is not enrolled knows no authority of base's. It trusts what its enrolment rests on as well: the portal's own
# certificate, judged at the time that the portal tells within that very connection. So an old certificate tells old times
# alone, and they have to lie after this kit was made.
ask_as_stranger() {
    case ${portal_url:-} in https://*) ;; *) why_not="there is no portal that could tell (--portal https://...)"; return 0 ;; esac
    claimed=$(print_told_by curl_head)
    [ -n "$claimed" ] || { why_not="$portal_url did not answer"; return 0; }
    told=$(print_told_by judged_head)
    if [ -z "$told" ]; then
        why_not="the certificate of $portal_url would not be good at $(print_time "$claimed") either"
    elif [ $((told - claimed)) -lt 0 ] || [ $((told - claimed)) -gt "$LONGEST_WAIT_FOR_TIME" ]; then
        told='' why_not="$portal_url told two times that do not fit"
    fi
}

print_told_by() {
    seconds_of "$("$1" 2>/dev/null | tr -d '\r' | sed -n 's/^[Dd]ate: *//p' | head -n 1)"
}

curl_head() {
    (exec 8<&-; curl -q --silent --head --insecure --noproxy '*' --proto '=https' --max-time 10 --url "$portal_url/")
}

# curl can judge a certificate at no other time than now.
judged_head() {
    place=${portal_url#https://} place=${place%%/*}
    case $place in *]:* | *[!]:]:*[!:]) ;; *) place=$place:443 ;; esac
    name=${place%:*}
    case $name in
        *[!0-9.:]*) set -- -servername "$name" -verify_hostname "$name" ;;
        *) set -- -verify_ip "$name" ;;
    esac
    [ -z "${ca_file:-}" ] || set -- "$@" -CAfile "$ca_file" -no-CApath -no-CAstore
    printf 'HEAD / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$place" |
        (exec 8<&-; timeout 10 openssl s_client -quiet -connect "$place" -verify_return_error -attime "$claimed" "$@")
}

seconds_of() {
    [ -z "$1" ] || date -d "$1" +%s 2>/dev/null || :
}

# Never back, nor to before this kit was made or our certificate began: each would make something good again that has
# ended.
set_clock() {
    begin=0
    look_at_certificate
    if [ "$told" -le "$now" ]; then
        why_not="$portal_url says $(print_time "$told"), and a clock is never set back"
    elif [ "$told" -lt "$KIT_BUILT" ] || [ "$told" -lt "$begin" ]; then
        why_not="$portal_url says $(print_time "$told"), which cannot be right either"
    elif is_set_by_time_server; then
        # One has come meanwhile.
        told=$(date +%s)
    elif ! date -u -s "@$told" >/dev/null 2>&1; then
        why_not="$portal_url says $(print_time "$told"), but it may not be set from here: systemctl start nsm-clock.service"
    fi
}

# For unlock, which gets no answer: with a clock that is wrong there is no tunnel, and no certificate of base's is good.
look_to_clock() {
    look_at_clock
    [ -n "$clock_fault" ] || return 0
    if mend_clock; then
        # At once, and base is asked with the right time.
        outcome_text=$clock_words answer_retry=1
    else
        outcome=$WRONG_CLOCK outcome_text=$clock_words
    fi
}

# shellcheck shell=sh disable=SC2154 # $pending, $timeout and $http_status are set by enrol.sh and renew.sh
# What enrol and renew have in common until base answers: a key, a request for its certificate, and patience.
#
# All is kept in the folder $pending, which outlives an interruption, so that asking again means the same key.

# Two at once, of whichever kind, would take each other's files away. The lock goes with this process, however that
# ends; the file stays, since one that is removed would lock nobody out who opens the next.
claim_directory() {
    touch "$DIRECTORY/lock" || die "$FAILED" "cannot write in $DIRECTORY"
    exec 8<"$DIRECTORY/lock"
    flock -n 8 || die "$FAILED" "another enrolment, renewal or change of settings is under way"
}

# No key that is half written may be taken for one: it gets its name once it is whole.
make_key_and_request() {
    if [ ! -e "$pending/client.key" ]; then
        # A request for another key may have outlived it.
        rm -f "$pending/client.csr"
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve \
            -out "$pending/client.key.new"
        sync "$pending/client.key.new"
        mv "$pending/client.key.new" "$pending/client.key"
    fi
    if [ ! -e "$pending/client.csr" ]; then
        openssl req -new -key "$pending/client.key" -subj /CN=sensor -out "$pending/client.csr.new"
        sync "$pending/client.csr.new"
        mv "$pending/client.csr.new" "$pending/client.csr"
    fi
    # Base remembers what it was asked, so the names must not be lost once it was.
    sync "$pending"
}

# The request as the inside of a JSON string.
print_request_text() {
    while IFS= read -r line; do printf '%s\\n' "$line"; done <"$pending/client.csr"
}

# Asks $1 until it has signed: post_request sets http_status, refuse_request ends this program.
ask_for_certificate() {
    deadline=$(($(print_uptime) + timeout))
    backoff=1
    while :; do
        rm -f "$pending/answer" "$pending/head"
        limit_post
        post_request
        case $http_status in
            201) return 0 ;;
            202) waiting_for="$1 has not signed yet"; read_retry_after 1 ;;
            400 | 403) refuse_request ;;
            429) waiting_for="$1 has seen too many tries"; read_retry_after "$backoff" ;;
            *) waiting_for="no usable answer from $1 (status $http_status)"; read_retry_after "$backoff" ;;
        esac
        [ "$http_status" = 202 ] || backoff=$((backoff * 2))
        [ $(($(print_uptime) + delay)) -le "$deadline" ] || die "$NO_ANSWER" "$waiting_for; run the same command again"
        say "$waiting_for; asking again"
        # Descriptor 8 is our lock: a sleep that outlives a kill must not keep it.
        pause_about "$delay" 8<&-
    done
}

# One try must not outlast the time-out of all of them.
limit_post() {
    answer_seconds=$((deadline - $(print_uptime)))
    [ "$answer_seconds" -ge 1 ] || answer_seconds=1
    [ "$answer_seconds" -le 20 ] || answer_seconds=20
}

# The answer's Retry-After within 1 to 60 s, or what $1 says.
read_retry_after() {
    delay=$(awk 'tolower($1) == "retry-after:" { sub(/\r$/, ""); print $2 }' "$pending/head" 2>/dev/null || :)
    is_number "$delay" || delay=$1
    [ "$delay" -ge 1 ] || delay=1
    [ "$delay" -le 60 ] || delay=60
}

# shellcheck shell=sh disable=SC2154 # exit codes are set by messages.sh
# nsm-sensor renew --prove: the tunnel has to come up with a renewed pair, or the pair before is put back.

prove_pair() {
    if [ ! -d "$DIRECTORY/previous" ]; then
        printf 'no renewed certificate has to prove itself\n'
        return 0
    fi
    run_trial renewal previous "the renewed certificate" "the one before" "$NOT_PROVEN"
}

renewal_wants_restart() { :; }

renewal_answers() { :; }

renewal_note_failure() { :; }

renewal_can_go_back() {
    belongs_together "$DIRECTORY/previous" &&
        openssl x509 -in "$DIRECTORY/previous/client.crt" -noout -checkend 0 >/dev/null
}

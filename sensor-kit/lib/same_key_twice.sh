# shellcheck shell=sh disable=SC2154 # the answers are read by base.sh
# Is it certain that base keeps the key? It makes one at the first request for it, and a disk formatted with a key that
# base then does not give out again is lost. So the key is fetched twice and compared first: both answers run through
# pipes into cmp, which holds them for the moment of the comparison. (A hash kept in a variable would need no less trust,
# and more thought.)

# The sizes that curl counted show that it was not nothing against nothing.
compare_two_keys() {
    account=$({
        request_disk_key | give_key_to cat | {
            same=0
            { request_disk_key | give_key_to cat | cmp -s - /dev/fd/4; } 4<&0 || same=$?
            [ "$same" -ne 0 ] || printf 'same keys\n' >&3
        }
    } 3>&1 >&2)
    read_account "$account"
    if [ "$statuses" -ne 2 ] || [ -n "$answer_fault" ] || [ "$(count_whole_answers)" -ne 2 ]; then
        judge_answer
        die "$outcome" "nothing was formatted: $outcome_text"
    fi
    case $account in
        *'same keys'*) ;;
        *) die "$KEYS_DIFFER" "nothing was formatted: base gave two different keys" ;;
    esac
}

count_whole_answers() {
    printf '%s\n' "$account" | awk -v want="size $KEY_BYTES" '$0 == want { n++ } END { print n + 0 }'
}

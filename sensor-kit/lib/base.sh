# shellcheck shell=sh disable=SC2034,SC2154 # settings and answers are shared between the files of this kit
# The calls to base over mutual TLS, and how a disk key passes from such a call to the program that eats it.
#
# The key goes from curl through a pipe. `give_key_to` stands at the other end, reads the answer's HEAD alone (a shell's
# `read` takes one byte at a time from a pipe, so the body stays in it) and starts the eater on the rest only if the
# answer is 200, of the right type and of the right length. So an error's body is never taken for a key, and the key is
# in no variable, file, argument or environment. Everything else that is worth knowing goes to file descriptor 3.

KEY_BYTES=64
CARRIAGE_RETURN=$(printf '\r')

# curl that trusts our own authority alone: without --capath it would also trust every authority of the system.
# -q and --noproxy: neither a .curlrc nor a proxy of the environment has a say.
call_base() {
    path=$1
    shift
    [ -z "$tunnel_device" ] || set -- --interface "if!$tunnel_device" "$@"
    [ -z "$door_address" ] || set -- --connect-to "::$door_address:" "$@"
    curl -q --silent --show-error --http1.1 --globoff --noproxy '*' --proto '=https' --tlsv1.2 \
        --connect-timeout "$connect_seconds" --max-time "$answer_seconds" --max-filesize 65536 \
        --cert "$DIRECTORY/client.crt" --key "$DIRECTORY/client.key" \
        --cacert "$DIRECTORY/ca.crt" --capath "$DIRECTORY/no-other-authorities" \
        "$@" --url "${machines_door_url%/}$path"
}

# The door's name may have several addresses, one for each of base's hosts. curl goes on to the next where nobody takes the
# connection. Where somebody does and gives no usable answer, the next call is made to the next address.
door_address='' doors_left=0
leave_door() {
    door_name=${machines_door_url#https://} door_name=${door_name%/}
    case $door_name in '['*) return 0 ;; esac
    # shellcheck disable=SC2046 # addresses hold no spaces
    set -- $(getent ahosts "${door_name%:*}" 2>/dev/null | awk '!seen[$1]++ { print $1 }')
    [ $# -gt 1 ] || return 0
    doors_left=$((doors_left + 1))
    shift $((doors_left % $#))
    case $1 in *:*) door_address="[$1]" ;; *) door_address=$1 ;; esac
}

LONGEST_ANSWER=10
connect_seconds=5
answer_seconds=$LONGEST_ANSWER

# curl writes to stderr a letter at a time, so its words are collected and passed on in one piece: two processes of one
# pipeline write to descriptor 3.
request_disk_key() {
    curl_status=0
    {
        curl_words=$(call_base /v1/disk-key --include --data '' --header 'Content-Type:' \
            --write-out '%{stderr}size %{size_download}\n' </dev/null 2>&1 >&4) || curl_status=$?
    } 4>&1
    printf '%s\ncurl %s\n' "$curl_words" "$curl_status" >&3
}

# Reads the head of an answer from stdin and leaves its body there. Interim answers (1xx) are passed over.
read_head() {
    head_status='' head_type='' head_length='' head_retry=''
    while IFS= read -r line; do
        line=${line%"$CARRIAGE_RETURN"}
        case $line in
            HTTP/*)
                head_status=${line#HTTP/* }
                head_status=${head_status%% *}
                head_type='' head_length='' head_retry=''
                ;;
            [Cc]ontent-[Tt]ype:*) head_type=${line#*:} head_type=${head_type# } ;;
            [Cc]ontent-[Ll]ength:*) head_length=${line#*:} head_length=${head_length# } ;;
            [Rr]etry-[Aa]fter:*) head_retry=${line#*:} head_retry=${head_retry# } ;;
            '') case $head_status in 1??) ;; *) return 0 ;; esac ;;
        esac
    done
    return 1
}

# Runs "$@" with the key on its stdin if there is one.
give_key_to() {
    read_head || return 0
    is_number "$head_status" || return 0
    printf 'status %s\n' "$head_status" >&3
    ! is_number "$head_retry" || printf 'retry %s\n' "$head_retry" >&3
    if [ "$head_status" -ne 200 ]; then
        printf 'reason %s\n' "$(awk -v want=reason -f "$LIBRARY/json.awk" | tr -cd 'a-z0-9-' | head -c 64)" >&3
        return 0
    fi
    case $head_type in
        application/octet-stream | application/octet-stream\;*) ;;
        *) printf 'fault the answer is not of the type of a key\n' >&3; return 0 ;;
    esac
    # No length at all is fine (chunked): the eater itself insists on 64 bytes.
    case $head_length in
        '' | "$KEY_BYTES") ;;
        *) printf 'fault the answer has not the length of a key\n' >&3; return 0 ;;
    esac
    eater_status=0
    "$@" || eater_status=$?
    printf 'eater %s\n' "$eater_status" >&3
}

# Takes apart what requests and their gates wrote to descriptor 3.
read_account() {
    answer_status='' answer_retry='' answer_reason='' answer_fault='' answer_size=''
    curl_status='' curl_message='' eater_status='' statuses=0
    while IFS= read -r line; do
        case $line in
            'status '*)
                # Of two answers the one that is no key tells why.
                case $answer_status in '' | 200) answer_status=${line#* } ;; esac
                statuses=$((statuses + 1))
                ;;
            'retry '*) answer_retry=${line#* } ;;
            'reason '*) answer_reason=${line#* } ;;
            'fault '*) answer_fault=${line#* } ;;
            'size '*) answer_size=${line#* } ;;
            'eater '*) eater_status=${line#* } ;;
            'curl '*) curl_status=${line#* } ;;
            'curl: '*) curl_message=$line ;;
        esac
    done <<ACCOUNT
$1
ACCOUNT
}

# Turns an answer into one of our exit codes and a sentence in $outcome_text.
judge_answer() {
    case $answer_status in
        200) outcome=$NO_ANSWER outcome_text="base sent no key: ${answer_fault:-${curl_message:-the answer was cut off}}" ;;
        403) outcome=$REFUSED outcome_text="base refused the disk key (${answer_reason:-no reason given})" ;;
        423) outcome=$HELD outcome_text="base holds the disk key back (${answer_reason:-no reason given})" ;;
        '') outcome=$NO_ANSWER outcome_text="base is unreachable (${curl_message:-no answer})" ;;
        *) outcome=$NO_ANSWER outcome_text="base answered with status $answer_status" ;;
    esac
}

# Best effort, as base must not decide whether a disk that is open stays in use.
send_heartbeat() {
    printf '{"disk":"%s","kit_version":"%s"}' "$1" "$KIT_VERSION" |
        call_base /v1/heartbeat --fail --max-time 5 --data-binary @- --header 'Content-Type: application/json' \
            --output /dev/null || { say "the heartbeat did not reach base"; return 1; }
}

# Completion for bash. The options are those of the command's own --help, so that none can be forgotten here.

_nsm_sensor() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' number
    COMPREPLY=()
    for ((number = 1; number < COMP_CWORD; number++)); do
        case ${COMP_WORDS[number]} in
            --directory) number=$((number + 1)) ;;
            -*) ;;
            *) command=${COMP_WORDS[number]}; break ;;
        esac
    done
    case $before in
        --directory | --ca-file | --code-file | --device | --mount-point | --output)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            return
            ;;
        --portal | --timeout | --wait | --mapper) return ;;
    esac
    if [ -n "$command" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "$command" --help 2>/dev/null |
            grep -o -- '--[a-z][a-z-]*' | sort -u) --help" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" --help 2>/dev/null |
            sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p') --directory --help --version" -- "$word")
    fi
}

complete -F _nsm_sensor nsm-sensor

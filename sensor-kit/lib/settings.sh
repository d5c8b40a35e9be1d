# shellcheck shell=sh disable=SC2034 # the settings are used by the files that read this one
# The settings file is parsed, never sourced: a value must not become a command that runs as root.

is_number() {
    case $1 in '' | *[!0-9]* | ??????????*) return 1 ;; esac
}

is_name() {
    case $1 in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*) return 1 ;; esac
    [ ${#1} -le 64 ]
}

# No spaces, since these paths end up in other programs' files; no ".." since they are compared with mount tables.
is_path() {
    case $1 in
        *[!A-Za-z0-9._/:@+-]* | */../* | */..) return 1 ;;
        /?*) ;;
        *) return 1 ;;
    esac
}

is_https_url() {
    case $1 in
        *[!][A-Za-z0-9._/:-]* | https:///*) return 1 ;;
        https://[A-Za-z0-9[]*) ;;
        *) return 1 ;;
    esac
}

# Where the machines' door is: no path, since the calls bring their own.
is_door_url() {
    is_https_url "$1" && [ ${#1} -le 280 ] || return 1
    door=${1#https://}
    door=${door%/}
    door_port=443
    case $door in
        '['*[!0-9A-Fa-f:]*']'* | */* | '[]'*) return 1 ;;
        '['*']') ;;
        '['*']:'*) door_port=${door##*]:} ;;
        *[][]* | *:*:*) return 1 ;;
        *:*) door_port=${door##*:} ;;
    esac
    case $door_port in 0*) return 1 ;; esac
    is_number "$door_port" && [ "$door_port" -le 65535 ]
}

# Plain http gives anybody on the way the code and the choice of our authority: only within one machine.
is_portal_url() {
    case $1 in
        *[!][A-Za-z0-9._/:-]*) return 1 ;;
        http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) return 0 ;;
    esac
    is_https_url "$1"
}

# Of an address that is_https_url or is_portal_url has taken.
print_port() {
    port_of=${1#*://}
    port_of=${port_of%%/*}
    case $1 in http:*) port=80 ;; *) port=443 ;; esac
    case $port_of in *']') ;; *:*) port=${port_of##*:} ;; esac
    is_number "$port" && [ "$port" -le 65535 ] || port=443
    printf '%s' "$port"
}

is_address() {
    case $1 in '' | *[!0-9.]* | .* | *. | *..* | ????????????????*) return 1 ;; esac
    rest=$1.
    count=0
    while [ -n "$rest" ]; do
        part=${rest%%.*}
        rest=${rest#*.}
        case $part in 0?* | ????*) return 1 ;; esac
        [ "$part" -le 255 ] || return 1
        count=$((count + 1))
    done
    [ "$count" -eq 4 ]
}

# The private network of all boxes of a gateway: from /16 to /29, and no address within it.
is_underlay() {
    case $1 in 10.*/* | 192.168.*/* | 172.1[6-9].*/* | 172.2[0-9].*/* | 172.3[01].*/*) ;; *) return 1 ;; esac
    is_address "${1%/*}" || return 1
    case ${1#*/} in 1[6-9] | 2[0-9]) ;; *) return 1 ;; esac
    [ $(($(print_address_number "${1%/*}") % (1 << (32 - ${1#*/})))) -eq 0 ]
}

print_address_number() {
    last_three=${1#*.} last_two=${1#*.*.}
    printf '%s' $((((${1%%.*} * 256 + ${last_three%%.*}) * 256 + ${last_two%.*}) * 256 + ${1##*.}))
}

# Names of interfaces with commas between them.
is_device_list() {
    case $1 in '' | ,* | *, | *,,*) return 1 ;; esac
    rest=$1,
    while [ -n "$rest" ]; do
        is_device_name "${rest%%,*}" || return 1
        rest=${rest#*,}
    done
}

is_sensor_subject() {
    case $1 in s-*) ;; *) return 1 ;; esac
    case ${1#s-} in *[!a-z2-7]*) return 1 ;; esac
    [ ${#1} -eq 14 ]
}

is_uuid() {
    case $1 in
        *[!0-9a-f-]*) return 1 ;;
        ????????-????-????-????-????????????) ;;
        *) return 1 ;;
    esac
}

is_device_name() {
    is_name "$1" && [ ${#1} -le 15 ]
}

clear_settings() {
    portal_url='' machines_door_url='' subject='' address='' underlay='' tunnel_device=''
    firewall='' sniffing_interfaces=''
    disk_uuid='' disk_device='' disk_mapper=nsm mount_point=''
}

# Sets the setting $1 to $2 if it is known and well-formed.
set_setting() {
    case $1 in
        portal_url) is_portal_url "$2" && portal_url=$2 ;;
        machines_door_url) is_door_url "$2" && machines_door_url=$2 ;;
        subject) is_sensor_subject "$2" && subject=$2 ;;
        address) is_address "$2" && address=$2 ;;
        underlay) is_underlay "$2" && underlay=$2 ;;
        tunnel_device) is_device_name "$2" && tunnel_device=$2 ;;
        firewall) case $2 in on | off) firewall=$2 ;; *) return 1 ;; esac ;;
        sniffing_interfaces) is_device_list "$2" && sniffing_interfaces=$2 ;;
        disk_uuid) is_uuid "$2" && disk_uuid=$2 ;;
        disk_device) is_path "$2" && disk_device=$2 ;;
        disk_mapper) is_name "$2" && disk_mapper=$2 ;;
        mount_point) is_path "$2" && mount_point=$2 ;;
        *) return 1 ;;
    esac
}

read_settings() {
    # The program that reads the settings goes on to use the key and the certificate. Programs that are given two that do not
    # belong together refuse them, so nothing is lost by going on, and a disk that is read-only keeps its tunnel.
    if is_switch_begun; then
        switch_outcome="finished what was interrupted while new files were put in place"
        finish_switch || switch_outcome="what was interrupted while new files were put in place could not be finished"
        say "$switch_outcome"
    fi
    clear_settings
    [ -r "$DIRECTORY/sensor.conf" ] ||
        die "$NO_SETTINGS" "$DIRECTORY/sensor.conf is missing: enrol this sensor first"
    number=0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $line in '' | '#'*) continue ;; esac
        # The value itself is not repeated: it could hold anything.
        { [ "$line" != "${line#*=}" ] && set_setting "${line%%=*}" "${line#*=}"; } ||
            die "$NO_SETTINGS" "$DIRECTORY/sensor.conf, line $number: not a setting, or its value is malformed"
    done <"$DIRECTORY/sensor.conf"
}

print_settings() {
    printf '# Written by nsm-sensor. One "name=value" a line; unknown names and malformed values are refused.\n'
    for pair in "portal_url=$portal_url" "machines_door_url=$machines_door_url" "subject=$subject" \
        "address=$address" "underlay=$underlay" "tunnel_device=$tunnel_device" "firewall=$firewall" \
        "sniffing_interfaces=$sniffing_interfaces" "disk_uuid=$disk_uuid" \
        "disk_device=$disk_device" "disk_mapper=$disk_mapper" "mount_point=$mount_point"; do
        [ -z "${pair#*=}" ] || printf '%s\n' "$pair"
    done
}

write_settings() {
    print_settings | replace_file "$DIRECTORY/sensor.conf"
}

# Stores what this program knows of the disk beside what is in the file by now: an enrolment may have put another there.
keep_disk_settings() {
    (
        flock -w 10 6 || exit 1
        set -- "$disk_uuid" "$disk_device" "$disk_mapper" "$mount_point"
        read_settings
        disk_uuid=$1 disk_device=$2 disk_mapper=$3 mount_point=$4
        write_settings
    ) 6>>"$DIRECTORY/lock"
}

# The new content comes on stdin and is on the disk before the name points to it: after a power cut the file is the
# old one or the new one.
replace_file() {
    cat >"$1.new"
    sync "$1.new"
    mv -f "$1.new" "$1"
    sync "${1%/*}"
}

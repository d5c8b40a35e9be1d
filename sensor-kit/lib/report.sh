# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# nsm-sensor report: what the provider needs to help, in one file, without secrets.
#
# Neither the private key nor the tunnel's key is ever read into it. Since anything may stand in a log, all of it also
# goes through without_secrets.awk, which takes out what looks like a key, whatever said it.

show_report_help() {
    cat <<'HELP'
Usage: nsm-sensor report [--output FILE]

Writes status, check (which asks base for no key), settings, units, the journal of this kit's units, networks and disks
into one compressed archive for the provider. Keys, codes and what looks like them are taken out: [removed] stands there.

  --output FILE  where to; default nsm-sensor-report-DATE.tar.gz in the folder where you are

Exit codes: 0 written, 1 failed, 2 wrong usage, 4 a program is missing.
HELP
}

run_report() {
    output=nsm-sensor-report-$(date -u +%Y%m%dT%H%M%SZ).tar.gz
    while [ $# -gt 0 ]; do
        case $1 in
            --output) need_value "$@"; output=$2; shift 2 ;;
            --help | -h) show_report_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor report --help" ;;
        esac
    done
    need_programs awk tar gzip
    folder=$(mktemp -d) || die "$FAILED" "no folder could be made in ${TMPDIR:-/tmp}"
    trap 'rm -rf "$folder"' EXIT
    mkdir "$folder/nsm-sensor-report"
    write_parts
    # Written beside and renamed, so that a full disk leaves no half of it under its name.
    tar -C "$folder" -cf "$folder/report.tar" nsm-sensor-report || die "$FAILED" "the archive could not be made"
    if ! { gzip -n -c "$folder/report.tar" >"$output.new" && mv -f "$output.new" "$output"; }; then
        rm -f "$output.new"
        die "$FAILED" "$output could not be written"
    fi
    printf '%s is written. Look into it, then send it to your provider.\n' "$output"
}

write_parts() {
    part status ourselves status
    part status.json ourselves status --json
    part check ourselves check --without-key
    part settings cat "$DIRECTORY/sensor.conf"
    part tunnel-configuration cat "$DIRECTORY/client.conf"
    part certificate openssl x509 -in "$DIRECTORY/client.crt" -noout -subject -issuer -dates
    part authority openssl x509 -in "$DIRECTORY/ca.crt" -noout -subject -dates
    part files ls -lanR "$DIRECTORY"
    part versions show_versions
    part clock timedatectl
    part units systemctl --no-pager --full status 'nsm*' docker.service salt-minion.service
    part unit-files systemctl --no-pager cat 'nsm*'
    part journal journalctl --no-pager --quiet --lines=3000 --output=short-iso --unit='nsm*'
    part kernel journalctl --no-pager --quiet --dmesg --lines=500 --output=short-iso
    part addresses ip address
    part routes ip route show table all
    part names cat /etc/resolv.conf
    part disks lsblk --output NAME,TYPE,SIZE,FSTYPE,LABEL,MOUNTPOINT,MODEL
    part mounts cat /proc/self/mounts
    part space df -P
}

# NAME COMMAND...: what it says on either channel. A program that is missing or hangs costs its own part alone.
part() {
    name=$1
    shift
    { timeout_unless_ours "$@" 2>&1 || printf '(ended with exit code %s)\n' "$?"; } </dev/null |
        tr -cd '\11\12\40-\176' | awk -f "$LIBRARY/without_secrets.awk" >"$folder/nsm-sensor-report/$name.txt"
}

timeout_unless_ours() {
    case $1 in
        ourselves | show_versions) "$@" ;;
        *) timeout 20 "$@" ;;
    esac
}

ourselves() {
    sh "$OURSELVES" --directory "$DIRECTORY" "$@"
}

show_versions() {
    printf 'kit %s\n' "$KIT_VERSION"
    uname -a
    cat /etc/os-release 2>/dev/null
    for program_of_version in openvpn curl openssl cryptsetup; do
        "$program_of_version" --version 2>&1 | head -n 1
    done
    uptime
}

# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh
# nsm-sensor firewall: this box's own rules, made of its own settings and loaded.
#
# nft runs as root, so base sends no rule: this program writes them (firewall_rules.sh), of values that were checked one by
# one. What is loaded is kept in DIR/sensor.nft, for people to read, and for a boot at which the settings cannot be read.

# shellcheck source=sensor-kit/lib/tunnel.sh
. "$LIBRARY/tunnel.sh"
# shellcheck source=sensor-kit/lib/firewall_rules.sh
. "$LIBRARY/firewall_rules.sh"

show_firewall_help() {
    cat <<'HELP'
Usage: nsm-sensor firewall [--print | --check]

Loads this box's firewall: out go the tunnel and what it needs (the gateway's and the portal's port, names, addresses,
time), in comes what comes through the tunnel, but for other sensors. docker's bridges are left alone. What sniffs sends
nothing. nsm-firewall.service does it before the network is up, and again before each start of the tunnel.
Settings in sensor.conf: firewall=off to do without; sniffing_interfaces=NAME,NAME.

  --print  only show the rules
  --check  only say whether they are loaded

Exit codes: 0 done, 24 not loaded, 2 wrong usage, 3 settings missing or malformed, 4 a program is missing.
HELP
}

run_firewall() {
    what=load
    while [ $# -gt 0 ]; do
        case $1 in
            --print | --check)
                [ "$what" = load ] || die "$USAGE" "--$what and $1 exclude each other"
                what=${1#--}
                shift
                ;;
            --help | -h) show_firewall_help; exit 0 ;;
            *) die "$USAGE" "unknown option $1; see nsm-sensor firewall --help" ;;
        esac
    done
    need_programs nft awk ip openssl
    # Rules of before are better than none.
    if ! (read_settings); then
        [ "$what" = load ] && [ -s "$DIRECTORY/sensor.nft" ] || exit "$NO_SETTINGS"
        say "the rules that were loaded last are loaded again"
        nft -f "$DIRECTORY/sensor.nft" || die "$NO_FIREWALL" "nft does not take $DIRECTORY/sensor.nft"
        exit "$NO_SETTINGS"
    fi
    read_settings 2>/dev/null
    case $what in
        print) print_rules ;;
        check) end_unless_loaded ;;
        load) if [ "$firewall" = off ]; then unload_rules; else load_rules; fi ;;
    esac
}

# nft takes all of it or nothing, so the rules of before stay if it is refused.
load_rules() {
    rules=$(print_rules)
    printf '%s\n' "$rules" | nft -c -f - || die "$NO_FIREWALL" "nft does not take the rules; those of before stay"
    printf '%s\n' "$rules" | nft -f - || die "$NO_FIREWALL" "the rules could not be loaded; those of before stay"
    # A disk that is read-only need not leave a box open.
    if [ "$(cat "$DIRECTORY/sensor.nft" 2>/dev/null)" != "$rules" ]; then
        { printf '%s\n' "$rules" | replace_file "$DIRECTORY/sensor.nft"; } 2>/dev/null ||
            say "$DIRECTORY/sensor.nft could not be written"
    fi
    silence_interfaces
    printf 'the firewall is loaded\n'
}

# Beneath all protocols, for each interface that is there by now: what a program sends past the kernel's own IP, too.
silence_interfaces() {
    there=''
    for interface in $(print_sniffing); do
        if ip link show dev "$interface" >/dev/null 2>&1; then
            there="$there $interface"
        else
            say "there is no interface $interface yet"
        fi
    done
    # shellcheck disable=SC2086 # names of interfaces
    print_silence $there | nft -f - 2>/dev/null ||
        say "this kernel has no egress hook:$there may send what a program sends past IP and ARP"
}

unload_rules() {
    for family in inet arp netdev; do nft delete table "$family" nsm_sensor 2>/dev/null || :; done
    rm -f "$DIRECTORY/sensor.nft"
    printf 'this box does without a firewall of this kit (firewall=off in %s/sensor.conf)\n' "$DIRECTORY"
}

# Whether the rules that are loaded are those that there should be: nft itself says how it writes them.
end_unless_loaded() {
    if [ "$firewall" = off ]; then
        printf 'off, as %s/sensor.conf says\n' "$DIRECTORY"
        exit 0
    fi
    nft list table inet nsm_sensor 2>/dev/null | grep -q 'policy drop' ||
        die "$NO_FIREWALL" "it is not loaded: systemctl restart nsm-firewall.service"
    # A comment in the table names what it was made of.
    nft list table inet nsm_sensor 2>/dev/null | grep -q "made-of-$(print_mark)" ||
        die "$NO_FIREWALL" "it was made of other settings: systemctl restart nsm-firewall.service"
    for interface in $(print_sniffing); do
        nft list chain netdev nsm_sensor "silent-$interface" >/dev/null 2>&1 ||
            die "$NO_FIREWALL" "$interface is not silent beneath IP: systemctl restart nsm-firewall.service," \
                "and see its journal"
    done
    printf 'loaded\n'
}

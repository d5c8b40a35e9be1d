# shellcheck shell=sh disable=SC2154 # the settings are read by settings.sh, tell and the options stand in check.sh
# The disk, its key and its mount, the units, and what else is in this box.

UNITS_THAT_START='nsm-firewall.service nsm-tunnel.service nsm-unlock.service nsm-renew.timer nsm-heartbeat.timer'
# What writes captures, and therefore waits for /nsm. A box need not have both.
GATED='docker.service salt-minion.service'

check_disk() {
    disk_word=$(sh "$OURSELVES" --directory "$DIRECTORY" status --json 2>/dev/null |
        sed -n 's/^ *"disk": "\([a-z]*\)".*/\1/p') || disk_word=''
    case $disk_word in
        locked | open | mounted) check_disk_name ;;
        none) tell fault disk "none is set up: nsm-sensor format-disk --device PATH" ;;
        absent) tell fault disk "it is missing: is it in its slot, and does lsblk show it?" ;;
        unformatted) tell fault disk "it holds no encrypted volume: nsm-sensor format-disk" ;;
        unfinished) tell fault disk "its formatting has not ended: run nsm-sensor format-disk again" ;;
        '') tell fault disk "nsm-sensor status cannot tell how it is" ;;
        *) tell fault disk "it is $disk_word: nsm-sensor status says more" ;;
    esac
}

# The kernel numbers disks in the order in which they answer.
check_disk_name() {
    [ -z "${disk_uuid:-}" ] || { tell ok disk "$disk_word, known by its UUID $disk_uuid"; return 0; }
    case $disk_device in
        /dev/sd* | /dev/nvme* | /dev/vd* | /dev/hd* | /dev/xvd* | /dev/mmcblk* | /dev/dm-* | /dev/md[0-9]*)
            tell fault disk "$disk_device may be another disk after the next boot: write" \
                "disk_device=/dev/disk/by-uuid/$(cryptsetup luksUUID "$disk_device" 2>/dev/null) into $DIRECTORY/sensor.conf"
            ;;
        *) tell ok disk "$disk_word, known as $disk_device" ;;
    esac
}

check_key() {
    [ "$with_key" = yes ] || return 0
    case $disk_word in locked | open | mounted) ;; *) return 0 ;; esac
    ask_ourselves unlock --test --once
    if [ "$answer_code" -eq 0 ]; then
        tell ok key "base gives it, and it opens the disk"
    else
        tell fault key "$answer_words"
    fi
}

check_mount() {
    where=${mount_point:-/nsm}
    source_there=$(awk -v where="$where" '$2 == where { print $1 }' /proc/self/mounts | tail -n 1)
    if [ "$source_there" = "/dev/mapper/$disk_mapper" ]; then
        tell ok mount "$where is the encrypted disk, $(df -P "$where" | awk 'END { print $5 }') of it in use"
    elif [ -n "$source_there" ]; then
        tell fault mount "$where is $source_there and not the encrypted disk: what is recorded lies in the clear"
    elif [ -d "$where" ] && [ -n "$(ls -A "$where" 2>/dev/null)" ]; then
        tell fault mount "$where holds files on the plain disk, in the clear: see what wrote them, and take them away"
    else
        tell fault mount "$where is not mounted: systemctl restart nsm-unlock.service, then journalctl -u nsm-unlock"
    fi
}

check_firewall() {
    ask_ourselves firewall --check
    case $answer_code:$answer_words in
        0:loaded) tell ok firewall "it is loaded, and made of the settings of now${sniffing_interfaces:+; $sniffing_interfaces sends nothing}" ;;
        0:*) tell note firewall "$answer_words" ;;
        *) tell fault firewall "$answer_words" ;;
    esac
}

check_units() {
    command -v systemctl >/dev/null || { tell note units "there is no systemd here"; return 0; }
    wrong=''
    for unit in $UNITS_THAT_START; do
        if ! systemctl --quiet is-enabled "$unit" 2>/dev/null; then
            wrong="$wrong; $unit does not start with the system: systemctl enable --now $unit"
        elif ! systemctl --quiet is-active "$unit"; then
            wrong="$wrong; $unit does not run: systemctl start $unit"
        fi
        # One that was copied by hand before there were packages wins over the package's.
        [ ! -f "/etc/systemd/system/$unit" ] || [ ! -f "/usr/lib/systemd/system/$unit" ] ||
            wrong="$wrong; /etc/systemd/system/$unit hides the one that was installed: remove it"
    done
    [ "$(systemctl show --property=NeedDaemonReload --value nsm-tunnel.service 2>/dev/null)" != yes ] ||
        wrong="$wrong; units were changed: systemctl daemon-reload"
    ! journalctl --boot --quiet --grep='ordering cycle' 2>/dev/null | grep -q nsm ||
        wrong="$wrong; systemd found an ordering cycle at this boot (journalctl -b -g 'ordering cycle') and left something out"
    if [ -n "$wrong" ]; then
        tell fault units "${wrong#; }"
    else
        tell ok units "all start with the system, and run"
    fi
}

check_gates() {
    command -v systemctl >/dev/null || return 0
    there=''
    for unit in $GATED; do
        [ "$(systemctl show --property=LoadState --value "$unit" 2>/dev/null)" = loaded ] || continue
        there="$there ${unit%.service}"
        case " $(systemctl show --property=Requisite --value "$unit") / $(systemctl show --property=After --value "$unit") " in
            *' nsm.mount '*/*' nsm.mount '*) ;;
            *)
                tell fault captures "$unit does not wait for /nsm: $unit.d/nsm.conf is missing below /usr/lib/systemd/system," \
                    "or something is in its place"
                ;;
        esac
    done
    [ -n "$there" ] || tell note captures "neither docker nor salt-minion is installed yet: nothing records"
}

# A thief gets what lies in the clear. The system's own disk is known; anything else is for a person to judge.
check_other_disks() {
    command -v lsblk >/dev/null || return 0
    plain=$(lsblk --pairs --output NAME,TYPE,FSTYPE,MOUNTPOINT 2>/dev/null | awk -F '"' '
        $4 == "crypt" || $4 == "rom" || $6 == "" { next }
        $6 ~ /^(crypto_LUKS|LVM2_member|linux_raid_member|swap|squashfs)$/ { next }
        $8 == "/" || $8 ~ /^\/(boot|var|usr|home|tmp|snap)(\/|$)/ { next }
        { printf "%s%s (%s%s)", sep, $2, $6, $8 == "" ? "" : ", on " $8; sep = ", " }')
    [ -z "$plain" ] ||
        tell note disks "in the clear beside the system: $plain; nothing that was recorded may lie there"
}

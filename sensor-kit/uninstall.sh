#!/bin/sh
# Takes away what install.sh placed, and nothing else. Installed as /usr/lib/nsm-sensor/uninstall.
set -eu

show_help() {
    cat <<'HELP'
Usage: /usr/lib/nsm-sensor/uninstall

Stops this kit's units and removes its files. /etc/nsm-sensor stays, and so does what is on the disk. An open /nsm stays
open until the box is switched off.
HELP
}

case ${1:-} in
    '') ;;
    --help | -h) show_help; exit 0 ;;
    *) show_help >&2; exit 2 ;;
esac
# An image's uninstaller, run from outside, is for that image.
here=$(cd "$(dirname "$0")" && pwd)
root=${here%/usr/lib/nsm-sensor}
list=$here/files
[ -r "$list" ] || { printf 'uninstall: %s is missing, so it is not known what was installed\n' "$list" >&2; exit 1; }
[ -n "$root" ] || /usr/lib/nsm-sensor/before-remove --forget
while IFS= read -r file; do
    rm -f "$root$file"
    # A folder that others use, too, is not empty.
    case ${file%/*} in */nsm-sensor | */nsm-sensor/lib | *.d) rmdir "$root${file%/*}" 2>/dev/null || : ;; esac
done <"$list"
rm -f "$list"
rmdir "$here" 2>/dev/null || :
[ -n "$root" ] || [ ! -d /run/systemd/system ] || systemctl daemon-reload

#!/bin/sh
# Puts the kit where a system looks for it, the same for packages, for a tarball and for an image that is being made.
set -eu

show_help() {
    cat <<'HELP'
Usage: sh install.sh [--destdir DIR] [--files-only]

Installs nsm-sensor, its units, manual page and shell completion below /usr, and turns the units on that start with the
system. What is there already and older is replaced; a newer one is left alone. /etc/nsm-sensor is never changed.

  --destdir DIR  install below DIR, and turn nothing on: for images and packages
  --files-only   place the files, and neither look at what is there nor leave an uninstaller: for packages

To take it away again: /usr/lib/nsm-sensor/uninstall
HELP
}

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

read_options() {
    destdir='' files_only=no
    while [ $# -gt 0 ]; do
        case $1 in
            --destdir)
                [ -n "${2:-}" ] || { show_help >&2; exit 2; }
                destdir=${2%/}
                shift 2
                ;;
            --files-only) files_only=yes; shift ;;
            --help | -h) show_help; exit 0 ;;
            *) show_help >&2; exit 2 ;;
        esac
    done
}

# A package manager would not know of what is changed under its hands.
refuse_if_packaged() {
    if dpkg-query -S "$program" >/dev/null 2>&1; then
        fail "$program belongs to a Debian package: upgrade that, or remove it first (apt remove nsm-sensor)"
    elif rpm -qf "$program" >/dev/null 2>&1; then
        fail "$program belongs to an RPM package: upgrade that, or remove it first (dnf remove nsm-sensor)"
    fi
}

# State that a newer kit wrote may mean nothing to an older one.
refuse_if_newer() {
    installed=$(sed -n 's/^KIT_VERSION=//p' "$destdir$program")
    ours=$(sed -n 's/^KIT_VERSION=//p' "$kit/nsm-sensor")
    newest=$(printf '%s\n%s\n' "$installed" "$ours" | sort -V | tail -n 1)
    [ "$newest" = "$ours" ] ||
        fail "$ours is older than the installed $installed, and may not understand the state that it wrote." \
            "To go back, run /usr/lib/nsm-sensor/uninstall first."
}

# MODE SOURCE TARGET: under its own name if the target is a folder. Each file is told to $list.
place() {
    target=$3
    case $target in */) target=$target${2##*/} ;; esac
    install -D -m "$1" "$kit/$2" "$destdir$target" || fail "$destdir$target could not be written"
    list="$list$target
"
}

place_all() {
    place 0755 nsm-sensor /usr/bin/
    for file in "$kit"/lib/*; do place 0644 "lib/${file##*/}" /usr/lib/nsm-sensor/lib/; done
    for name in after-install before-remove; do place 0755 "$name.sh" "/usr/lib/nsm-sensor/$name"; done
    for unit in "$kit"/systemd/*; do
        name=${unit##*/}
        if [ -d "$unit" ]; then
            for file in "$unit"/*; do place 0644 "systemd/$name/${file##*/}" "/usr/lib/systemd/system/$name/"; done
        else
            place 0644 "systemd/$name" /usr/lib/systemd/system/
        fi
    done
    place 0644 man/nsm-sensor.8 /usr/share/man/man8/
    place 0644 completion/nsm-sensor.bash /usr/share/bash-completion/completions/nsm-sensor
    place 0644 README.md /usr/share/doc/nsm-sensor/
    place 0644 selinux/nsm-sensor.cil /usr/share/selinux/packages/
}

leave_uninstaller() {
    place 0755 uninstall.sh /usr/lib/nsm-sensor/uninstall
    printf '%s' "$list" >"$destdir/usr/lib/nsm-sensor/files"
}

main() {
    read_options "$@"
    umask 022
    kit=$(cd "$(dirname "$0")" && pwd)
    program=/usr/bin/nsm-sensor
    list=''
    if [ "$files_only" = yes ]; then
        place_all
        return 0
    fi
    [ -n "$destdir" ] || [ "$(id -u)" = 0 ] || fail "to install below / you need to be root"
    if [ -e "$destdir$program" ]; then
        [ -n "$destdir" ] || refuse_if_packaged
        refuse_if_newer
    fi
    place_all
    [ -n "$destdir" ] || /usr/lib/nsm-sensor/after-install
    leave_uninstaller
}

main "$@"

#!/bin/sh
# check_fresh.sh - a newcomer's first hour, by machine: a bare Debian 12, `make` and the clone.
#
#   make check-fresh                  (as root; some minutes)
#   tests/check_fresh.sh [--worktree] [TARGET...]
#
# debootstrap makes a minimal root (no compiler, no python, no certificates), in which the README's
# words are followed: apt-get install -y make, then `make demo` and `make check` (or the targets
# named), without standard input. What is tested is HEAD, as a clone has it; --worktree takes the
# working tree instead. Mirror, proxy and resolver are those of this machine's own apt. KEEP=1
# keeps the root and says where it is. Prints the end of both outputs and what each took; exits
# with 1 if either failed.

set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
. "$tree/tests/bare_debian.sh"
worktree=
targets=
while [ $# -gt 0 ]; do
    case $1 in
    --worktree) worktree=1 ;;
    -*)
        echo "usage: tests/check_fresh.sh [--worktree] [TARGET...]" >&2
        exit 2
        ;;
    *) targets="$targets $1" ;;
    esac
    shift
done
targets=${targets:-demo check}

say() {
    echo "check-fresh: $*"
}

if [ "$(id -u)" -ne 0 ]; then
    say "needs root, for debootstrap and chroot: sudo make check-fresh" >&2
    exit 2
fi
for program in debootstrap apt-get git; do
    if ! command -v "$program" >/dev/null 2>&1; then
        say "needs $program: apt-get install $program" >&2
        exit 2
    fi
done

# /var/tmp: /tmp may be small, and mounted without devices or programs.
root=$(mktemp -d "${TMPDIR:-/var/tmp}/ekbom-fresh.XXXXXX")
chmod 755 "$root" # "/" of the new machine: everybody passes through it

# Nothing below the root may still be mounted when it is removed.
leave() {
    status=$?
    set +e
    for place in proc sys dev/pts dev; do
        mountpoint -q "$root/$place" && umount "$root/$place"
    done
    if [ -n "${KEEP-}" ]; then
        say "kept: $root"
    else
        remove_root "$root"
    fi
    exit "$status"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

started=$(date +%s)
say "a bare Debian 12"
if ! bare_debian "$root"; then
    say "debootstrap failed" >&2
    exit 1
fi
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --bind /dev "$root/dev"
mount --bind /dev/pts "$root/dev/pts"

if [ -n "$worktree" ]; then
    mkdir "$root/ekbom"
    (cd "$tree" && git ls-files -z --cached --others --exclude-standard |
        tar --null --files-from=- --ignore-failed-read -cf - 2>/dev/null) |
        tar -xf - -C "$root/ekbom" --no-same-owner
else
    git -c safe.directory="$tree" clone -q --no-hardlinks "$tree" "$root/ekbom"
fi
say "root and clone are ready after $(($(date +%s) - started)) s"

inside() {
    chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+http_proxy="$http_proxy"} \
        sh -c "$1" </dev/null
}

if ! inside "apt-get update && apt-get install -y make" >"$root/make.log" 2>&1; then
    tail -n 20 "$root/make.log" >&2
    say "apt-get install -y make failed" >&2
    exit 1
fi

failed=0
for target in $targets; do
    started=$(date +%s)
    status=0
    inside "cd /ekbom && make $target" >"$root/$target.log" 2>&1 || status=$?
    seconds=$(($(date +%s) - started))
    echo
    tail -n "${TAIL:-40}" "$root/$target.log"
    echo
    if [ "$status" -eq 0 ]; then
        say "make $target: good, $seconds s"
    else
        say "make $target: exit status $status, $seconds s"
        failed=1
    fi
done
exit "$failed"

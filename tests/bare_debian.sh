# shellcheck shell=sh
# bare_debian.sh - a minimal Debian 12 in a folder, for tests that need a machine of their own.
# Sourced by check_fresh.sh and check_systemd.sh; wants root.
#
# Mirror, proxy and resolver are those of this machine's own apt.

# bare_debian ROOT [PACKAGE,PACKAGE...]: debootstrap into the folder, with these packages beside the
# minimum. 1, and the end of debootstrap's words on standard error, if that fails.
bare_debian() {
    # This machine's Debian sources, one "address suite" a line: third parties' are left out.
    bare_sources=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(ORIGIN)' \
        'Created-By: Packages' |
        awk '$2 ~ /^bookworm/ && ($3 == "Debian" || $3 == "") && !seen[$0]++ { print $1, $2 }')
    bare_mirror=$(echo "$bare_sources" | awk '$2 == "bookworm" { print $1; exit }')
    if [ -z "$bare_mirror" ]; then
        bare_mirror=http://deb.debian.org/debian
        bare_sources="$bare_mirror bookworm"
    fi
    # debootstrap reads the proxy from the environment, apt from its configuration.
    bare_proxy=$(apt-config dump Acquire::http::Proxy | sed -n 's/.*"\(.*\)";/\1/p' | head -n 1)
    if [ -n "$bare_proxy" ] && [ "$bare_proxy" != "DIRECT" ]; then
        export http_proxy="$bare_proxy"
    fi
    if ! debootstrap --variant=minbase ${2:+--include="$2"} bookworm "$1" "$bare_mirror" \
        >"$1.log" 2>&1 </dev/null; then
        tail -n 20 "$1.log" >&2
        rm -f "$1.log"
        return 1
    fi
    rm -f "$1.log"
    echo "$bare_sources" | sed 's/.*/deb & main/' >"$1/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https|Check-|Retries|ForceIPv)' \
        >"$1/etc/apt/apt.conf.d/90machine" || true
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/" 2>/dev/null || true
}

# remove_root ROOT: the folder, unless something is still mounted below it.
remove_root() {
    rm -f "$1.log"
    if awk -v root="$1/" 'index($2, root) == 1 { found = 1 } END { exit !found }' /proc/mounts; then
        echo "something is still mounted below $1: it is left there" >&2
    else
        rm -rf --one-file-system "$1"
    fi
}

#!/bin/sh
# layers.sh - who may include what. Prints FILE:LINE: what is wrong, and exits 1 if anything is.
#
#   tests/lint/layers.sh [TREE]
#
# The tables below are the architecture: cli -> daemon -> the four rooms fetch, extract, rules and
# store, which never see one another -> base. A room shows itself in include/ekbom/; its other
# headers are its own. A folder belongs to the longest room named that is a prefix of its path.
# What is not in a table is refused, so that a new library or room is a decision and not an
# accident. Tests, fuzzers and benches look inside rooms on purpose and are not checked.

set -eu

tree=${1:-$(dirname "$0")/../..}
cd "$tree"

tables() {
    cat <<'TABLES'
# room ROOM : other rooms whose private headers it may include
room base             :
room rules            :
room store            : base
room store/export     : base store
# A dump writes its file as an export does.
room store/dump       : base store store/export
room daemon/extract   : base
room daemon/fetch     : base
room daemon/reader    : base
room daemon           : base daemon/fetch daemon/extract daemon/reader
room cli              : base daemon
room include/ekbom    :

# Headers in include/ekbom/ that every room may include ...
common arena buf bundle codec digest error limits lines packed places record record_codec tag text time
# ... and those that show a room: shows ROOM : which rooms may include it
shows extract : daemon/extract daemon/reader daemon cli
shows rules   : rules daemon/reader daemon cli include/ekbom
shows archive : store store/export store/dump daemon cli include/ekbom
shows store   : store store/export store/dump daemon cli
shows query   : store store/export daemon cli include/ekbom
shows store_rules : store daemon cli include/ekbom
shows coverage : store cli
shows aggregate : store store/export daemon cli include/ekbom
shows relations : store cli
shows statistics : store cli include/ekbom
shows verdict : store cli
shows trend   : store cli
shows contrast : store cli
shows validated : store cli
shows panel_rows : store cli
shows store_log : store cli
shows store_status : store daemon cli include/ekbom
shows frontier : store store/dump daemon cli
shows store_care : store store/dump daemon cli
shows forget  : store daemon cli
shows export  : store/export cli
shows file_output : store/export store/dump cli
shows eval    : rules cli
shows explain : rules cli
shows rules_check : rules cli
shows fetch   : daemon/fetch daemon
shows robots  : daemon/fetch daemon cli
shows probe   : daemon cli
shows pool    : daemon cli
shows crawl   : daemon cli include/ekbom
shows config  : daemon
shows control : daemon cli
shows import  : daemon cli
shows wire    : base daemon daemon/reader
shows search  : rules daemon/reader cli
shows texts   : store cli

# library HEADER : the rooms that may know it
library curl/*           : daemon/fetch
library libxml/*         : daemon/extract
library pcre2.h          : rules
library immintrin.h      : rules store
library lmdb.h           : store
library zstd.h           : base
library zdict.h          : store
library emmintrin.h      : store rules base
library zlib.h           : store
library libdeflate.h     : store
library xxhash.h         : store
library unicode/*        : base
library nettle/*         : base
library seccomp.h        : daemon/reader
library linux/landlock.h : daemon/reader
library linux/seccomp.h  : daemon/reader
library sys/prctl.h      : daemon/reader
library sys/syscall.h    : daemon/reader
library jansson.h        : base daemon cli store/export store/dump include/ekbom
library libconfig.h      : daemon cli
library systemd/*        : daemon
# Processes, sockets and signals are the daemon's and its programs' business.
library spawn.h          : daemon cli
library sys/wait.h       : daemon daemon/reader cli
library sys/socket.h     : daemon daemon/fetch daemon/reader
library sys/un.h         : daemon cli
library netdb.h          : daemon/fetch
library netinet/in.h     : daemon/fetch
library arpa/inet.h      : daemon daemon/fetch
library signal.h         : daemon daemon/fetch daemon/reader cli
library poll.h           : daemon daemon/fetch daemon/reader cli
library sys/epoll.h      : daemon daemon/fetch
library sys/signalfd.h   : daemon cli
library sys/timerfd.h    : daemon
library termios.h        : cli
library sys/ioctl.h      : cli
library getopt.h         : cli daemon daemon/reader
library locale.h         : cli daemon daemon/reader

# C and POSIX that every room may use. Not among them: threads, setjmp, syslog.
system assert.h ctype.h dirent.h endian.h errno.h fcntl.h fenv.h float.h inttypes.h iso646.h
system libgen.h limits.h math.h search.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h
system stdnoreturn.h string.h strings.h sys/file.h sys/mman.h sys/param.h sys/random.h
system sys/resource.h sys/stat.h sys/statvfs.h sys/time.h sys/types.h sys/uio.h time.h unistd.h
system wchar.h
TABLES
}

{
    tables
    echo "--files--"
    find . -type f \( -name '*.c' -o -name '*.h' \) \
        ! -path './build*' ! -path './tests/*' ! -path './.git/*' | sed 's,^\./,,' | LC_ALL=C sort
} | awk '
    function complain(text) {
        printf "%s:%d: %s\n", file, line, text
        bad = 1
    }
    # The words after the colon, as keys of the table under "name word".
    function allow(table, name, from,    i) {
        for (i = from; i <= NF; i++) table[name, $i] = 1
    }
    function room_of(path,    room) {
        room = path
        while (sub(/\/[^\/]*$/, "", room))
            if (room in rooms) return room
        return ""
    }
    # a/b/../c -> a/c
    function normal(path) {
        gsub(/\/\.\//, "/", path)
        while (sub(/[^\/]+\/\.\.\//, "", path)) ;
        return path
    }
    function listed(table, name,    key, pair, text) {
        for (key in table) {
            split(key, pair, SUBSEP)
            if (pair[1] == name) text = text (text == "" ? "" : ", ") pair[2]
        }
        return text == "" ? "nothing else" : "only " text
    }
    function check_bracket(header,    pattern) {
        if (header in system_headers) return
        if (header in libraries) pattern = header
        else {
            pattern = header
            sub(/\/.*/, "/*", pattern)
        }
        if (!(pattern in libraries))
            complain("<" header "> is in no table of tests/lint/layers.sh: which room is it for?")
        else if (!((pattern, room) in library_rooms))
            complain(room " may not include <" header ">: " listed(library_rooms, pattern) " may")
    }
    function check_shown(header,    name) {
        name = header
        sub(/^ekbom\//, "", name)
        sub(/\.h$/, "", name)
        if (!(("include/" header) in exists))
            complain("\"" header "\" does not exist in include/")
        else if (name in common)
            return
        else if (!(name in shown))
            complain("\"" header "\" is in no table of tests/lint/layers.sh: whose is it?")
        else if (!((name, room) in shown_rooms))
            complain(room " may not include \"" header "\": " listed(shown_rooms, name) " may")
    }
    function check_quoted(header,    folder, path, other) {
        if (header ~ /^ekbom\//) {
            check_shown(header)
            return
        }
        folder = file
        sub(/[^\/]*$/, "", folder)
        path = normal(folder header)
        if (!(path in exists)) path = normal(header)
        if (!(path in exists)) {
            complain("\"" header "\" is not a file of the tree: say <...> for a library")
            return
        }
        if (path ~ /\.c$/) complain("a .c file is compiled, not included: \"" header "\"")
        other = room_of(path)
        if (other == "include/ekbom")
            complain("write \"ekbom/" substr(path, 15) "\"")
        else if (other != room && !((room, other) in room_rooms))
            complain(room " may not include \"" header "\", which is private to " other)
    }
    function check_file(    text, header) {
        room = room_of(file)
        line = 1
        if (room == "") {
            complain("this folder is no room of the architecture")
            return
        }
        line = 0
        while ((getline text < file) > 0) {
            line++
            if (text !~ /^[ \t]*#[ \t]*include/) continue
            header = text
            sub(/^[ \t]*#[ \t]*include(_next)?[ \t]*/, "", header)
            if (match(header, /^<[^>]+>/)) check_bracket(substr(header, 2, RLENGTH - 2))
            else if (match(header, /^"[^"]+"/)) check_quoted(substr(header, 2, RLENGTH - 2))
            else complain("an include by macro cannot be checked: write the name")
        }
        close(file)
    }

    /^--files--$/ { reading_files = 1; next }
    !reading_files && (/^#/ || NF == 0) { next }
    !reading_files && $1 == "room" { rooms[$2] = 1; allow(room_rooms, $2, 4); next }
    !reading_files && $1 == "common" { for (i = 2; i <= NF; i++) common[$i] = 1; next }
    !reading_files && $1 == "shows" { shown[$2] = 1; allow(shown_rooms, $2, 4); next }
    !reading_files && $1 == "library" { libraries[$2] = 1; allow(library_rooms, $2, 4); next }
    !reading_files && $1 == "system" { for (i = 2; i <= NF; i++) system_headers[$i] = 1; next }
    !reading_files { print "tests/lint/layers.sh: bad table line: " $0; bad = 1; next }
    { files[++count] = $0; exists[$0] = 1 }
    END {
        for (i = 1; i <= count; i++) {
            file = files[i]
            check_file()
        }
        if (count == 0) {
            print "no source files below this folder: wrong tree?"
            bad = 1
        }
        exit bad
    }'

#!/bin/sh
# check-layers.sh ROOT LAYERS - says which #include crosses a layer that LAYERS closes.
#
# LAYERS is written by CMake from the NEEDS and USES of esi_module: "smtp: base net", a foreign
# library as "<pcap". Held against it:
#   - "esi/x.h" only where x is needed; a .def belongs to the module whose public header includes it
#   - a foreign library only where it is used, and there by one file; libpcap, which both reads and
#     compiles filters, by one folder
#   - another module's *_internal.h nowhere
#   - the inner ring opens no file and asks neither clock nor environment
root=$1
layers=$2

# Word splitting is wanted: no file of ours has a blank in its name.
# shellcheck disable=SC2046
awk -v root="$root/" -v layers="$layers" -v ring="smtp pattern map platform config policy limits plan inspect evidence report" '
function says(what) { print file ":" FNR ": module " module " " what; bad = 1 }

FILENAME == layers {
    name = $1
    sub(/:$/, "", name)
    known[name] = may[name, name] = 1
    for (i = 2; i <= NF; i++) {
        may[name, $i] = 1
        if ($i ~ /^</) foreign[$i] = 1
    }
    next
}

# analyzer/<module>/x.c, rewriter/<module>/x.c, include/esi/<module>.h; what lies beside main.c is
# the program.
FNR == 1 {
    file = substr(FILENAME, length(root) + 1)
    n = split(file, part, "/")
    if (part[1] == "include") { module = part[n]; sub(/\.[a-z]+$/, "", module) }
    else module = n == 2 ? "esmtp-" part[1] : part[2]
    if (!(module in known)) says("is not in layers.txt")
    inner = index(" " ring " ", " " module " ") > 0
    files++
}

/^[ \t]*#[ \t]*include/ {
    match($0, /[<"][^>"]+/)
    name = substr($0, RSTART + 1, RLENGTH - 1)
    quoted = substr($0, RSTART, 1) == "\""
    if (quoted && name ~ /^esi\/.*\.def$/) {
        if (file ~ /^include\/.*\.h$/ && !(name in owner)) owner[name] = module
        if (!may[module, owner[name]]) says("may not include " name)
    } else if (quoted && name ~ /^esi\//) {
        need = name
        sub(/^esi\//, "", need)
        sub(/\.h$/, "", need)
        if (!may[module, need]) says("may not include " name)
    } else if (quoted && name ~ /\//) {
        says("reaches into another: " name)
    } else if (!quoted) {
        library = "<" name
        sub(/[.\/].*$/, "", library)
        if (!(library in foreign)) next
        if (!may[module, library]) says("may not include " name)
        else if (library != "<pcap" && (module, library) in by) says("includes " name " a second time, after " by[module, library])
        by[module, library] = file
    }
}

inner && /(^|[^_A-Za-z0-9])(getenv|fopen|socket|clock_gettime|gettimeofday|localtime)[ \t]*\(/ {
    says("is of the inner ring: no files, no clock, no environment")
}

END {
    if (!files) { print "no source files under " root; bad = 1 }
    exit bad
}
' "$layers" $(find "$root/include" -name '*.h' | sort) \
    $(find "$root/analyzer" "$root/rewriter" -name '*.[ch]' | sort)

#!/bin/sh
# check-layers-planted.sh ROOT LAYERS - that check-layers.sh finds what it is there to find.
set -u
root=$1
layers=$2
. "$root/tests/tools/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# planted FILE LINE WHAT - LINE at the end of a copy of FILE is complained of.
planted() {
    rm -rf "$work/include" "$work/analyzer" "$work/rewriter"
    cp -r "$root/include" "$root/analyzer" "$root/rewriter" "$work"
    echo "$2" >>"$work/$1"
    if said=$(sh "$root/tests/tools/check-layers.sh" "$work" "$layers"); then
        not_ok "$3" "nothing said"
    else
        case $said in
        *"$1:"*"$3"*) ok "$1: $3" ;;
        *) not_ok "$3" "$said" ;;
        esac
    fi
}

check 'the sources as they are' sh "$root/tests/tools/check-layers.sh" "$root" "$layers"
planted analyzer/smtp/line.c '#include "esi/capture.h"' 'may not include esi/capture.h'
planted analyzer/inspect/session.c '#include <pcap/pcap.h>' 'may not include pcap/pcap.h'
planted analyzer/reassembly/queue.c '#include <nids.h>' 'a second time'
planted analyzer/plan/plan.c '# include "esi/actions.def"' 'may not include esi/actions.def'
planted analyzer/map/names.c '#include "../smtp/line_internal.h"' 'reaches into another'
planted include/esi/stream.h '#include "esi/smtp.h"' 'may not include esi/smtp.h'
planted analyzer/report/json.c 'char *x(void) { return getenv("X"); }' 'no environment'
tap_done

# tap.sh - to be read by `.`: checks of a test script, told as TAP.
#
# Besides standard output the lines go to the file $ESI_TAP, where tests/run.sh counts them. Records of
# `-o json` that a check had written go to $ESI_JSON, where check-schema.sh reads them.

tap_file=${ESI_TAP:-/dev/null}
tap_number=0
tap_failed=0
: >"$tap_file"
[ -z "${ESI_JSON:-}" ] || : >"$ESI_JSON"

tap_line() {
    tap_number=$((tap_number + 1))
    echo "$1 $tap_number - $2" | tee -a "$tap_file"
}

ok() { tap_line ok "$1"; }

# not_ok NAME [WHY] - WHY may have several lines.
not_ok() {
    tap_failed=$((tap_failed + 1))
    tap_line 'not ok' "$1"
    [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/#   /'
}

# check NAME COMMAND... - ok if the command succeeds; what it printed is shown if it does not.
check() {
    tap_name=$1
    shift
    if tap_said=$("$@" 2>&1); then
        ok "$tap_name"
    else
        not_ok "$tap_name" "$tap_said"
    fi
}

# status NAME WANTED OPTION... - of $analyzer; what it printed is $work/out and $work/err.
status() {
    tap_name=$1
    tap_wanted=$2
    shift 2
    # shellcheck disable=SC2154 # the script's
    "$analyzer" -q "$@" >"$work/out" 2>"$work/err"
    tap_status=$?
    if [ $tap_status -eq "$tap_wanted" ]; then
        ok "$tap_name: $tap_wanted"
    else
        not_ok "$tap_name: $tap_wanted" "$tap_status: $(cat "$work/err")"
    fi
}

# tap_done - to be a script's last command: prints the plan; false if a check failed or none ran.
tap_done() {
    echo "1..$tap_number"
    [ "$tap_failed" -eq 0 ] && [ "$tap_number" -gt 0 ]
}

# skip_all NAME WHY - the script's end: nothing of it can be run here.
skip_all() {
    ok "$1 # SKIP not run: $2"
    tap_done
    exit
}

# need_tools NAME TOOL... - else nothing of it can be run here.
need_tools() {
    tap_name=$1
    shift
    for tap_tool; do
        command -v "$tap_tool" >/dev/null || skip_all "$tap_name" "no $tap_tool"
    done
}

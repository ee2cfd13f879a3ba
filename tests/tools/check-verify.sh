#!/bin/sh
# check-verify.sh - regression suites: the one over the samples holds, whatever is wrong is no pass,
# and what is told can be read by programs that read TAP and JUnit XML.
set -u
. tests/tools/tap.sh

root=$PWD
analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
case $analyzer in
/*) ;;
*) analyzer=$root/$analyzer ;;
esac
suite=samples/suites/samples.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp samples/captures/starttls-postfix.pcap samples/captures/special-characters.pcap \
    samples/captures/plain-delivery.pcap samples/policies/allow-tls.cfg "$work"
head -c 1500 samples/captures/plain-delivery.pcap >"$work/cut.pcap"

# ran STATUS ARGUMENT... - the program ends with that status; what it says is in out and err.
ran() {
    wanted=$1
    shift
    "$analyzer" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    [ "$status" -eq "$wanted" ] && return
    echo "status $status, not $wanted"
    cat "$work/out" "$work/err"
    false
}

# says FILE TEXT - out or err has it.
says() {
    grep -qF -e "$2" "$work/$1" && return
    echo "no '$2' in:"
    cat "$work/$1"
    false
}

# a_suite NAME - standard input, in $work.
a_suite() { cat >"$work/$1"; }

# ---- the suite over the samples: each of its cases is a check ----
"$analyzer" --verify "$suite" >"$work/samples.tap" 2>"$work/err"
status=$?
told=$(cat "$work/samples.tap")
while read -r line; do
    case $line in
    'ok '*) ok "${line#ok * - }" ;;
    'not ok '*) not_ok "${line#not ok * - }" "$told" ;;
    esac
done <"$work/samples.tap"
check "$suite: status 0" test "$status" -eq 0
for policy in samples/policies/*.cfg; do
    check "$suite uses $policy" grep -q "/$(basename "$policy")" "$suite"
done

from_elsewhere() {
    (cd samples/captures && "$analyzer" -q --verify ../suites/samples.yaml) >"$work/a" &&
        (cd samples/suites && "$analyzer" -q --verify samples.yaml) >"$work/b" &&
        "$analyzer" -q --verify "$root/$suite" >"$work/c" &&
        cmp "$work/a" "$work/b" && cmp "$work/b" "$work/c"
}
check 'a suite reads the same from every folder' from_elsewhere

# ---- what fails ----
a_suite fails.yaml <<'EOF'
suite: some do not hold
cases:
  - name: holds
    captures: plain-delivery.pcap
    expect: [session: {number: 1}]
  - name: none came
    captures: starttls-postfix.pcap
    expect:
      - verdict: { what: ehlo-keyword, before: STARTTLS, after: STARTTLS }
  - name: "too many # <&> \\ \x01 ]]>"
    captures: special-characters.pcap
    expect:
      - verdict: { direction: to_server }
        count: 0
      - verdict: { action: drop-connection, before: nobody }
      - session: { counts.commands: { gt: 1000, lt: 2000 } }
EOF
fails() {
    ran 1 --verify "$work/fails.yaml" &&
        says out 'ok 1 - some do not hold: holds' && says out 'not ok 2 - some do not hold: none came' &&
        says out 'after: "XXXXXXXA"' && says out 'verdict mask ehlo-keyword, frame 8 of' &&
        says out 'these_came:' && says out 'counts.commands: "more than 1000, less than 2000"' &&
        says err '3 cases: 1 passed, 2 failed, 0 could not be judged'
}
check 'expectations that do not hold: status 1, and what came instead' fails
quiet() { ran 1 -q --verify "$work/fails.yaml" && [ ! -s "$work/err" ]; }
check 'quiet: nothing on standard error' quiet
all=$(($(grep -c '^  - name:' "$suite") + 3)) # with the three above
several() {
    ran 1 -q --verify "$work/fails.yaml" --verify "$suite" -o "junit=$work/two.xml" -o tap &&
        says out "1..$all" && grep -c '<testsuite ' "$work/two.xml" | grep -qx 2
}
check 'several suites are one run' several

# ---- what reads it ----
python=python3
[ ! -x /usr/bin/python3 ] || python=/usr/bin/python3 # where Debian's packages are
if "$python" -c 'import junitparser' 2>/dev/null; then
    cat >"$work/read.py" <<'EOF'
import sys
from junitparser import JUnitXml
suites = list(JUnitXml.fromfile(sys.argv[1]))
cases = [case for suite in suites for case in suite]
bad = [case for case in cases if case.result]
print(len(suites), len(cases), sum(suite.failures for suite in suites), len(bad))
print(bad[-1].name)
EOF
    read_junit() {
        said=$("$python" "$work/read.py" "$work/two.xml") || return 1
        [ "$said" = "2 $all 2 2
too many # <&> \\ \\x01 ]]>" ] || { echo "$said"; return 1; }
    }
    check 'JUnit XML: junitparser reads it' read_junit
else
    ok 'JUnit XML: junitparser reads it # SKIP not run: no python3-junitparser'
fi
if command -v xmllint >/dev/null; then
    check 'JUnit XML: xmllint takes it' xmllint --noout "$work/two.xml"
else
    ok 'JUnit XML: xmllint takes it # SKIP not run: no xmllint'
fi
# Debian 12's TAP::Parser knows versions up to 13, of which 14 is an extension.
read_tap() {
    "$analyzer" -q --verify "$work/fails.yaml" --verify "$suite" | sed '1s/14/13/' >"$work/all.tap"
    said=$(perl -MTAP::Parser -e '
        my $p = TAP::Parser->new({source => $ARGV[0]});
        my ($unknown, $blocks) = (0, 0);
        while (my $r = $p->next) { $unknown++ if $r->is_unknown; $blocks++ if $r->is_yaml; }
        print join " ", $p->tests_planned, $p->passed + 0, join(",", $p->failed), $unknown, $blocks,
            $p->parse_errors;' "$work/all.tap") || return 1
    [ "$said" = "$all $((all - 2)) 2,3 0 2" ] || { echo "$said"; return 1; }
}
if perl -MTAP::Parser -e 1 2>/dev/null; then
    check 'TAP: TAP::Parser reads it' read_tap
else
    ok 'TAP: TAP::Parser reads it # SKIP not run: no perl with TAP::Parser'
fi

# ---- golden files ----
a_suite golden.yaml <<'EOF'
cases:
  - {name: all of it, captures: starttls-postfix.pcap, golden: g.json}
EOF
golden() {
    ran 1 --verify "$work/golden.yaml" && says out 'there is no such file; --accept makes it' &&
        [ ! -e "$work/g.json" ] && ran 0 --verify "$work/golden.yaml" --accept &&
        says err "'all of it': g.json is written" && ran 0 --verify "$work/golden.yaml" &&
        grep -q '"pcap_filename":"starttls-postfix.pcap"' "$work/g.json" || return 1
    before=$(stat -c %i "$work/g.json")
    ran 0 --verify "$work/golden.yaml" --accept || return 1
    if [ "$(stat -c %i "$work/g.json")" != "$before" ]; then
        echo "written though it is the same"
        return 1
    fi
    cp "$work/g.json" "$work/right.json"
    sed -e 2d -e '3s/"before":"[^"]*"/"before":"SIZE"/' "$work/right.json" >"$work/g.json"
    ran 1 --verify "$work/golden.yaml" && says out 'it is not in the golden file' &&
        says out 'field: "verdict.before"' && says out 'was: "SIZE"' &&
        says out 'differences: 2' && ran 0 --verify "$work/golden.yaml" --accept &&
        cmp "$work/g.json" "$work/right.json" || return 1
    sed 1p "$work/right.json" >"$work/g.json"
    ran 1 --verify "$work/golden.yaml" && says out 'it did not come; the golden file has it' || return 1
    echo 'no record' >"$work/g.json"
    ran 1 --verify "$work/golden.yaml" && says out 'record: "no record"' || return 1
    rm "$work/g.json"
    for left in "$work"/.esmtp*; do
        [ ! -e "$left" ] || return 1
    done
}
check 'a golden file is made, kept, and differences told by record' golden

a_suite broken.yaml <<'EOF'
cases:
  - {name: cannot be read, captures: plain-delivery.pcap, golden: loop.json}
  - {name: another, captures: plain-delivery.pcap, expect: [session: {}]}
EOF
ln -s loop.json "$work/loop.json"
broken() {
    ran 4 --verify "$work/broken.yaml" -o tap -o "junit=$work/broken.xml" &&
        says out 'not ok 1 ' && says out 'ok 2 ' && [ -e "$work/broken.xml" ]
}
check 'a golden file that cannot be read: status 4, and the other cases are told' broken

a_suite knobs.yaml <<'EOF'
defaults: {captures: plain-delivery.pcap, knobs: greeting=none}
cases:
  - {name: its own, knob: greeting=keep4, expect: [verdict: {what: greeting}]}
  - {name: the defaults', expect: [{verdict: {what: greeting}, count: 0}]}
EOF
check 'knob and knobs are one' ran 0 --verify "$work/knobs.yaml"

# ---- damage ----
a_suite damage.yaml <<'EOF'
cases:
  - {name: cut, captures: cut.pcap, expect: [session: {}], golden: cut.json}
EOF
a_suite expected.yaml <<'EOF'
cases:
  - {name: cut, captures: cut.pcap, expect: [capture: {complete: false}]}
EOF
a_suite both.yaml <<'EOF'
cases:
  - {name: cut, captures: cut.pcap, expect: [session: {}]}
  - {name: fails, captures: plain-delivery.pcap, expect: [session: {number: 2}]}
EOF
a_suite config.yaml <<'EOF'
cases:
  - {name: no such map, captures: plain-delivery.pcap, config: allow-tls.cfg, map: NONE, expect: [session: {}]}
  - {name: fails, captures: plain-delivery.pcap, expect: [session: {number: 2}]}
EOF
damage() {
    ran 3 --verify "$work/damage.yaml" && says out 'not ok 1' && says out 'capture: "cut.pcap: ' &&
        ran 3 --verify "$work/damage.yaml" --accept && [ ! -e "$work/cut.json" ] &&
        ran 3 --verify "$work/both.yaml" && says out 'not ok 2'
}
check 'a damaged capture is no pass: status 3' damage
check 'damage that is expected is none' ran 0 --verify "$work/expected.yaml"
config() { ran 2 --verify "$work/config.yaml" && says out 'configuration: "cannot be used' && says out 'not ok 2'; }
check 'a configuration that is wrong: status 2' config

# ---- what is wrong with a suite: status 2, and nothing is run ----
# wrong WHAT SAID - the suite is standard input.
wrong() {
    a_suite wrong.yaml
    is_wrong() { ran 2 --verify "$work/wrong.yaml" && [ ! -s "$work/out" ] && says err "wrong.yaml:$1"; }
    check "a suite with $1" is_wrong "$2"
}
wrong 'a missing capture' '2:25: captures: none.pcap: No such file' <<'EOF'
cases:
  - {name: a, captures: none.pcap, expect: [session: {}]}
EOF
wrong 'a missing configuration' '2:54: config: x.cfg: No such file' <<'EOF'
cases:
  - {name: a, captures: plain-delivery.pcap, config: x.cfg, expect: [session: {}]}
EOF
wrong 'an unknown platform' '1:22: platform:' <<'EOF'
defaults: {platform: asa-99, captures: plain-delivery.pcap}
cases: [{name: a, expect: [session: {}]}]
EOF
wrong 'a folder for a capture' '1:29: captures: .: is a folder' <<'EOF'
cases: [{name: a, captures: ., expect: [session: {}]}]
EOF
wrong 'standard input for a capture' '1:29: captures: standard input' <<'EOF'
cases: [{name: a, captures: '-', expect: [session: {}]}]
EOF
wrong 'a folder for a golden file' '1:9: golden: .: is a folder' <<'EOF'
cases: [{name: a, captures: plain-delivery.pcap, golden: .}]
EOF
wrong 'a capture for a golden file' '1:9: golden: ./plain-delivery.pcap is a capture, too' <<'EOF'
cases: [{name: a, captures: plain-delivery.pcap, golden: ./plain-delivery.pcap}]
EOF
wrong 'the capture of another case for a golden file' '1:9: golden: cut.pcap is a capture, too' <<'EOF'
cases: [{name: a, captures: plain-delivery.pcap, golden: cut.pcap},
        {name: b, captures: cut.pcap, expect: [session: {}]}]
EOF
wrong 'itself for a golden file' '1:9: golden: wrong.yaml is a suite, too' <<'EOF'
cases: [{name: a, captures: plain-delivery.pcap, golden: wrong.yaml}]
EOF
wrong 'one golden file of two cases' '2:9: golden: ./g.json is that of ' <<'EOF'
cases: [{name: a, captures: plain-delivery.pcap, golden: g.json},
        {name: b, captures: plain-delivery.pcap, golden: ./g.json}]
EOF
check 'a suite that is not there' ran 2 --verify "$work/none.yaml"
check 'a suite that is a folder' ran 2 --verify "$work"
check 'a suite that is no text' ran 2 --verify "$work/plain-delivery.pcap"

# ---- options ----
for option in plain.pcap -cx -Pasa-8 '-ksender_case=x' --map=x --ports=25 -ftcp --max-memory=1G \
    --events=all --streams=x --check-config --progress=always -otext -ojson; do
    check "--verify with $option" ran 2 --verify "$suite" "$option"
done
check '-o tap without --verify' ran 2 -o tap samples/captures/plain-delivery.pcap
# A session that is told before the second file is come to.
timeline() {
    "$ESI_BUILD/tests/case_capture" tests/cases/commands/masked.case "$work/many.pcap" 300 || return
    a_suite timeline.yaml <<'END'
cases:
  - { name: two files, captures: [many.pcap, plain-delivery.pcap], golden: timeline.json }
END
    ran 0 --verify "$work/timeline.yaml" --accept || return
    (cd "$work" && "$analyzer" -q -o json many.pcap plain-delivery.pcap) >"$work/timeline.want"
    cmp "$work/timeline.want" "$work/timeline.json"
}
check 'several captures: frames are told of the file they are in' timeline
check '--accept without --verify' ran 2 --accept samples/captures/plain-delivery.pcap
a_suite all.yaml <<'EOF'
cases: [{name: a, captures: plain-delivery.pcap, config: allow-tls.cfg, golden: not-yet.json}]
EOF
for named in all.yaml plain-delivery.pcap allow-tls.cfg not-yet.json; do
    no_output() {
        ran 2 --verify "$work/all.yaml" --accept -o "junit=$work/./$named" &&
            says err 'to be read, not written' && [ ! -e "$work/not-yet.json" ]
    }
    check "an output that is what the suite names: $named" no_output
done
cp "$work/all.yaml" "$work/own.yaml"
appended() {
    # shellcheck disable=SC2094 # that is what must not be
    "$analyzer" --verify "$work/own.yaml" >>"$work/own.yaml" 2>"$work/err"
    [ $? -eq 2 ] && cmp "$work/all.yaml" "$work/own.yaml"
}
check 'standard output that is the suite' appended
check 'an output that cannot be written' ran 4 --verify "$suite" -o "junit=$work/none/x.xml"
full() {
    "$analyzer" -q --verify "$suite" >/dev/full 2>"$work/err"
    [ $? -eq 4 ]
}
[ ! -c /dev/full ] || check 'a full disk' full
tap_done

#!/bin/sh
# check-completion.sh - what shells answer to a Tab, by the completions that the programs print.
#
# bash, zsh and fish are asked the same questions; what they answer is what the parser takes.
set -u
. tests/tools/tap.sh

build=$(cd "$ESI_BUILD" && pwd)
tools=$PWD/tests/tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/home" "$work/here/sub" "$work/bash" "$work/zsh" "$work/fish"
: >"$work/here/mail.pcap"
: >"$work/here/mail.pcap.1.gz"
: >"$work/here/asa.cfg"
: >"$work/here/notes.md"

program_of() { echo "$build/${1#esmtp-}/$1"; }

# ask SHELL WORD... - the answers, sorted, in one line; from the folder with the files.
ask() {
    shell=$1
    shift
    (
        cd "$work/here" || exit
        case $shell in
        bash) bash "$tools/complete.bash" "$work/bash/$1" "$@" ;;
        zsh) zsh -f "$tools/complete.zsh" "$work/zsh" "$*" | tr -d '\r' ;;
        fish)
            HOME=$work/home XDG_CONFIG_HOME=$work/home fish --no-config \
                -c "source $work/fish/$1; complete -C '$*'" | cut -f 1
            ;;
        esac
    ) | grep . | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# answers SHELL EXPECTED WORD... - an answer may repeat what was typed of its word, and a folder may
# end with a slash.
answers() {
    shell=$1
    expected=$2
    shift 2
    for last; do :; done
    came=$(ask "$shell" "$@" | tr ' ' '\n' | sed 's|/$||' |
        awk -v typed="${last%"${last##*=}"}" '{
            print typed != "" && index($0, typed) == 1 ? substr($0, length(typed) + 1) : $0
        }' | sort | tr '\n' ' ' | sed 's/ $//')
    if [ "$came" = "$expected" ]; then
        ok "$shell: $*"
    else
        not_ok "$shell: $*" "expected $expected
came     $came"
    fi
}

# asked SHELL - the questions.
asked() {
    formats=$("$(program_of esmtp-analyzer)" --list-formats | awk '/^[a-z]/ { print $1 }' |
        sort | tr '\n' ' ' | sed 's/ $//')
    answers "$1" 'always auto never' esmtp-analyzer --color=
    answers "$1" 'always auto' esmtp-analyzer --color a
    answers "$1" 'all verdicts' esmtp-analyzer -q --events=
    answers "$1" "$formats" esmtp-analyzer -o ''
    answers "$1" 'counters' esmtp-analyzer --output=co
    answers "$1" 'notes.md' esmtp-analyzer -o json=no
    answers "$1" 'notes.md' esmtp-analyzer --output=json=no
    answers "$1" 'pix-4.0 pix-4.4 pix-6.3' esmtp-analyzer -P pix
    answers "$1" 'keep mask' esmtp-analyzer -k greeting_separator=
    answers "$1" 'asa.cfg sub' esmtp-analyzer -c ''
    answers "$1" 'asa.cfg sub' esmtp-analyzer --config=
    answers "$1" 'sub' esmtp-analyzer --streams ''
    answers "$1" 'mail.pcap mail.pcap.1.gz sub' esmtp-analyzer -q ''
    answers "$1" 'mail.pcap mail.pcap.1.gz' esmtp-analyzer m
    answers "$1" 'notes.md' esmtp-analyzer n
    answers "$1" '--list-behaviours --list-formats --list-knobs --list-platforms' \
        esmtp-analyzer --list-
    answers "$1" 'cut keep mark' esmtp-rewriter --after-divergence=
    answers "$1" 'pcap pcapng' esmtp-rewriter --format ''
    answers "$1" 'mail.pcap mail.pcap.1.gz sub' esmtp-rewriter -w ''
}

# options PROGRAM - the names of those in --help, with = behind those that take an argument.
options() { "$(program_of "$1")" --help | sed -n 's/^  ....\(--[a-z-]*=\{0,1\}\).*/\1/p'; }

# tried PROGRAM OPTION - the parser takes words that are offered, the first and the last, and no
# other.
tried() {
    words=$(cd "$work/home" && bash "$tools/complete.bash" "$work/bash/$1" "$1" "$2")
    [ -n "$words" ] || {
        echo "$2" >>"$work/without"
        return 0
    }
    for word in $(printf '%s\n' "$words" | sed -n '1p;$p'); do
        "$(program_of "$1")" "$2$word" --version >/dev/null || return 1
    done
    ! "$(program_of "$1")" "${2}no-such-word" --version 2>/dev/null
}

# line - the lines of standard input in one, sorted.
line() { sort -u | tr '\n' ' ' | sed 's/ $//'; }

same() {
    [ "$1" = "$2" ] && return
    echo "expected $2"
    echo "came     $1"
    return 1
}

refused() { ! "$1" --print-completion=csh >"$work/out" 2>"$work/said" && grep -q csh "$work/said"; }

for name in esmtp-analyzer esmtp-rewriter; do
    for shell in bash zsh fish; do
        file=$work/$shell/$name
        [ $shell = zsh ] && file=$work/zsh/_$name
        "$(program_of $name)" --print-completion=$shell >"$file"
    done
    check "$name: a shell that is not known is refused" refused "$(program_of $name)"
    check "$name: every option is offered" same "$(ask bash $name --)" "$(options $name | line)"
    : >"$work/without"
    for option in $(options $name | grep '=$'); do
        check "$name: what is offered behind $option is what it takes" tried $name "$option"
    done
    # Where there are neither words nor files to choose from. An option that is missing in
    # struct esi_cli_values shows here.
    case $name in
    esmtp-analyzer) own='--only-sessions= --streams= --verify=' ;;
    esmtp-rewriter) own='--only-sessions= --plan= --proof= --write-plan= --write=' ;;
    esac
    # shellcheck disable=SC2086
    check "$name: options that take anything, or files" same "$(line <"$work/without")" \
        "$(printf '%s\n' --config= --filter= --map= --max-memory= --ports= $own | line)"
done

for shell in bash zsh fish; do
    if command -v $shell >/dev/null; then
        asked $shell
    else
        ok "$shell # SKIP not run: no $shell"
    fi
done
tap_done

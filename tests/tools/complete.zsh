# complete.zsh FOLDER LINE - what zsh answers to a Tab behind LINE, a line each.
#
# An interactive zsh in a pseudo-terminal, with the completions of FOLDER; its compadd prints what
# it is given, between two marks.
zmodload zsh/zpty
zpty shell zsh -f -i
tell() { zpty -w shell "$1"; }
tell "PROMPT=; RPROMPT=; fpath=($1 \$fpath)"
tell "autoload -Uz compinit; compinit -C -d $1/.dump"
tell "zstyle ':completion:*' menu no; zstyle ':completion:*' list-grouped no"
tell "setopt no_list_beep no_beep"
tell 'compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a __hits
    builtin compadd -A __hits "$@"
    (( $#__hits )) && print -l -r -- $__hits
    builtin compadd "$@"
}'
tell 'tab() { print -r -- "@begin"; zle complete-word; print -r -- "@end"; exit }'
tell 'zle -N tab; bindkey "^I" tab'
tell 'print @ready'
while zpty -r shell line "*"$'\n'; do [[ $line == @ready* ]] && break; done
zpty -n -w shell "$2"$'\t'
inside=
while zpty -r shell line "*"$'\n'; do
    line=${${line%$'\n'}%$'\r'}
    case $line in
    *@begin) inside=yes ;;
    *@end*) break ;;
    *) [[ $inside ]] && print -r -- "$line" ;;
    esac
done
zpty -d shell
exit 0

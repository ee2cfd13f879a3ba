# complete.bash FILE WORD... - what the completion in FILE answers behind the words, a line each.
#
# Words are cut at = and : as readline does.
# shellcheck disable=SC1090
source "$1" || exit
shift
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_WORDS=()
for word; do
    while [[ $word == *[=:]* ]]; do
        part=${word%%[=:]*}
        [[ $part ]] && COMP_WORDS+=("$part")
        COMP_WORDS+=("${word:${#part}:1}")
        word=${word:${#part}+1}
        again='yes'
    done
    [[ $word || ! ${again:-} ]] && COMP_WORDS+=("$word")
    again=
done
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
name=${COMP_WORDS[0]}
"_${name//-/_}" "$name" "${COMP_WORDS[COMP_CWORD]}" ""
[[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}"

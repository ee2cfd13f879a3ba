# json_words.sh - to be read by `.`: what awk needs to read the analyzer's JSON, a record a line.

# shellcheck disable=SC2016,SC2034
json_words='
    function plain(text,   out, at) {
        out = ""
        while ((at = index(text, "\\")) > 0) {
            out = out substr(text, 1, at - 1) substr(text, at + 1, 1)
            text = substr(text, at + 2)
        }
        return out text
    }
    function text_of(name) {
        if (!match($0, "\"" name "\":\"([^\"\\\\]|\\\\.)*\"")) return ""
        return plain(substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5))
    }
    function number_of(name) {
        if (!match($0, "\"" name "\":[0-9]+")) return ""
        return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0
    }
    function list_of(name) {
        if (!match($0, "\"" name "\":\\[[^]]*\\]")) return ""
        return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
    }
'

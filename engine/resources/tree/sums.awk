# Holds digests that sha256sum found against those that are wanted. For awk -F '\t', in the locale C.
#
# Input: lines `h<tab>NUMBER<tab>SUM<tab>PATH` as compare.awk prints them; a line `@`; the lines of sha256sum, which doubles
# backslashes in a name, and says so by one in front.
# Prints `unreadable NUMBER-NUMBER` for what sha256sum said nothing of, and `content NUMBER-NUMBER` for what differs.

$0 == "@" {
    is_found = 1
    next
}

!is_found {
    number[$4] = $2
    wanted[$4] = $3
    path_at[++path_count] = $4
    next
}

{
    line = $0
    is_escaped = sub(/^\\/, "", line)
    path = substr(line, 67)
    if (is_escaped) gsub(/\\\\/, "\\", path)
    found[path] = substr(line, 1, 64)
}

END {
    for (i = 1; i <= path_count; i++) {
        path = path_at[i]
        if (!(path in found)) print "unreadable", number[path] "-" number[path]
        else if (found[path] != wanted[path]) print "content", number[path] "-" number[path]
    }
}

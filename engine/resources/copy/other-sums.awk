# Names the files whose digest in one directory is another than in the other. In the locale C.
#
# Input: lines of sha256sum, which doubles backslashes in a name, and says so by one in front; a line `@`; lines of
# sha256sum from the other directory. Prints `file NAME`.

$0 == "@" {
    is_other = 1
    next
}

{
    line = $0
    is_escaped = sub(/^\\/, "", line)
    name = substr(line, 67)
    if (is_escaped) gsub(/\\\\/, "\\", name)
    sum = substr(line, 1, 64)
}

!is_other {
    own[name] = sum
    next
}

(name in own) && own[name] != sum {
    print "file", name
}

# Lines NAME=value, read as systemd reads an EnvironmentFile (systemd.exec(5)), as `export` commands for a shell. A value
# that goes on in the next line is refused: status 3.

BEGIN {
    SINGLE = "\047"
    DOUBLE = "\042"
    BACKSLASH = "\134"
    # What a backslash takes its meaning from in double quotes: itself, " and $, and the back-tick.
    ESCAPABLE = DOUBLE BACKSLASH "$\140"
}

{
    sub(/\r$/, "")
    sub(/^[ \t]+/, "")
    equals_at = index($0, "=")
    if ($0 ~ /^[#;]/ || equals_at < 2) next
    name = substr($0, 1, equals_at - 1)
    sub(/^export[ \t]+/, "", name)
    sub(/[ \t]+$/, "", name)
    if (name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) next
    value = value_of(substr($0, equals_at + 1))
    if (is_open) exit 3
    print "export " name "=" single_quoted(value)
}

# Blanks count only where something follows them.
function value_of(text,    at, char, quote, out, blank, has_begun) {
    quote = out = blank = ""
    has_begun = 0
    for (at = 1; at <= length(text); at++) {
        char = substr(text, at, 1)
        if (quote == SINGLE) {
            if (char == SINGLE) quote = ""
            else out = out char
        }
        else if (quote == DOUBLE && char == DOUBLE) quote = ""
        else if (quote == DOUBLE && char == BACKSLASH) {
            char = substr(text, ++at, 1)
            out = out (index(ESCAPABLE, char) ? "" : BACKSLASH) char
        }
        else if (quote == DOUBLE) out = out char
        else if (!has_begun && (char == SINGLE || char == DOUBLE)) quote = char
        else if (char == BACKSLASH) {
            char = substr(text, ++at, 1)
            if (char == "") is_open = 1
            out = out blank char
            blank = ""
            has_begun = 1
        }
        else if (char == " " || char == "\t") {
            if (has_begun) blank = blank char
        }
        else {
            out = out blank char
            blank = ""
            has_begun = 1
        }
    }
    if (quote != "") is_open = 1
    return out
}

function single_quoted(text,    count, parts, i, out) {
    count = split(text, parts, SINGLE)
    out = parts[1]
    for (i = 2; i <= count; i++) out = out SINGLE BACKSLASH SINGLE SINGLE parts[i]
    return SINGLE out SINGLE
}

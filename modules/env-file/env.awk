# Reads and edits a file of NAME=value lines, for any POSIX awk in the locale C. Its operands:
#
#   mode=MODE part=1 INPUT part=2 FILE
#
# Lines of INPUT: `v NAME=value` shall be set, `g NAME` shall be made where it is missing, `r NAME` has to be valid,
# `s NAME=sample` what making it would give, `p text` counts as missing, `x NAME` shall go.
#
# mode=ask prints a line for each: `v NAME same|differs|missing`, `g NAME set|export|missing|empty|placeholder`,
#   `r NAME missing|empty|placeholder|lines`, `x NAME there|gone`, and `= NAME value` for the value that `r` has to be
#   tested against (never for whom it isn't meant: whoever runs this keeps it). `? NAME LINE` where systemd and a shell
#   would disagree about a name; `! open LINE` and `! return LINE` for a file that can't be edited by lines. The last
#   line is a dot.
# mode=need prints the names of `g` that have to be made.
# mode=edit prints the file as it shall be; `cut=1` where the last line had no end.
#
# What a line means is what systemd makes of an EnvironmentFile (systemd.exec(5), src/basic/env-file.c); whether a POSIX
# shell that sources the file reads the same is told apart, and what is written here both read alike.

BEGIN {
    SINGLE = "\047"
    DOUBLE = "\042"
    BACKSLASH = "\134"
    BACKTICK = "\140"
    # What a backslash takes its meaning from in double quotes.
    ESCAPABLE = DOUBLE BACKSLASH "$" BACKTICK
    PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/.,:=@%+-"
    state = "line"
}

part == 1 {
    read_input()
}

part == 2 {
    line[++line_count] = $0
    scan($0)
}

END {
    for (i = 1; i <= make_count; i++) make[make_order[i]] = state_of_made(make_order[i])
    if (mode == "ask") ask()
    else if (mode == "need") need()
    else edit()
}

function read_input(    kind, rest, equals_at, name) {
    kind = substr($0, 1, 1)
    rest = substr($0, 3)
    name = rest
    if (kind == "v" || kind == "s") {
        equals_at = index(rest, "=")
        name = substr(rest, 1, equals_at - 1)
        rest = substr(rest, equals_at + 1)
    }
    if (kind == "v") {
        if (!(name in want)) want_order[++want_count] = name
        want[name] = rest
    }
    else if (kind == "s") sample[name] = rest
    else if (kind == "g") {
        make_order[++make_count] = name
        make[name] = ""
    }
    else if (kind == "r") {
        require_order[++require_count] = name
        required[name] = 1
    }
    else if (kind == "x") {
        gone_order[++gone_count] = name
        gone[name] = 1
    }
    else if (kind == "p") placeholders[rest] = 1
}

# The machine of systemd's parse_env_file_internal(), which goes on from line to line.
function scan(text,    at, char, text_length) {
    text_length = length(text)
    for (at = 1; at <= text_length + 1; at++) {
        char = at > text_length ? "\n" : substr(text, at, 1)
        if (char == "\r" && at < text_length && state ~ /^(key|before|value)$/ && !stray_return) stray_return = line_count
        if (state == "line") scan_line(char)
        else if (state == "key") scan_key(char, at)
        else if (state == "before") scan_before(char)
        else if (state == "value") scan_value(char)
        else if (state == "escape") {
            state = "value"
            if (char != "\n" && char != "\r") value = value char
        }
        else if (state == "single") {
            if (char == SINGLE) state = "before"
            else value = value char
        }
        else if (state == "double") {
            if (char == DOUBLE) state = "before"
            else if (char == BACKSLASH) state = "escaped"
            else value = value char
        }
        else if (state == "escaped") {
            state = "double"
            if (index(ESCAPABLE, char)) value = value char
            else if (char != "\n") value = value BACKSLASH char
        }
        else if (char == "\n" || char == "\r") {
            state = "line"
            # Some versions of systemd have such a comment go on.
            if (text ~ /\\\r?$/) doubtful = line_count + 1
        }
    }
}

function scan_line(char) {
    if (char == "#" || char == ";") state = "comment"
    else if (index(" \t\n\r", char) == 0) {
        state = "key"
        key = char
        begun = line_count
    }
}

function scan_key(char, at) {
    if (char == "\n" || char == "\r") state = "line"
    else if (char == "=") {
        state = "before"
        value = blank = ""
        equals = at
    }
    else key = key char
}

function scan_before(char) {
    if (char == "\n" || char == "\r") {
        assigned()
        state = "line"
    }
    else if (char == SINGLE) state = "single"
    else if (char == DOUBLE) state = "double"
    else if (char == BACKSLASH) state = "escape"
    else if (char != " " && char != "\t") {
        state = "value"
        value = value char
        blank = ""
    }
}

# Blanks count only where something follows them.
function scan_value(char) {
    if (char == "\n" || char == "\r") {
        assigned()
        state = "line"
    }
    else if (char == BACKSLASH) {
        state = "escape"
        value = value blank
        blank = ""
    }
    else if (char == " " || char == "\t") blank = blank char
    else {
        value = value blank char
        blank = ""
    }
}

# An assignment has come to its end: `key` and `value`, from line `begun` to the one that was read last.
function assigned(    name, is_exported, number) {
    name = key
    sub(/[ \t]+$/, "", name)
    is_exported = name ~ /^export[ \t]+[A-Za-z_][A-Za-z0-9_]*$/
    if (is_exported) sub(/^export[ \t]+/, "", name)
    if (name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) return
    number = ++assignment_count
    first_line[number] = begun
    last_line[number] = line_count
    names[number] = name
    exported[number] = is_exported
    raw[number] = begun == line_count ? substr(line[line_count], equals + 1) : "\n"
    values[number] = value
    same_to_shell[number] = begun == line_count && key !~ /[ \t]$/ && is_alike(raw[number])
    last[name] = number
    if (begun == doubtful || (is_exported && !same_to_shell[number])) doubt[name] = begun
    if (!is_exported) last_read[name] = number
}

function is_plain(text,    at) {
    for (at = 1; at <= length(text); at++) if (index(PLAIN, substr(text, at, 1)) == 0) return 0
    return 1
}

# Whether a shell reads what stands behind the = as systemd does.
function is_alike(text,    at, char, quote, text_length) {
    sub(/[ \t]+$/, "", text)
    text_length = length(text)
    quote = substr(text, 1, 1)
    if (quote == SINGLE) return text_length > 1 && index(substr(text, 2), SINGLE) == text_length - 1
    if (quote != DOUBLE) return is_plain(text)
    for (at = 2; at <= text_length; at++) {
        char = substr(text, at, 1)
        if (char == DOUBLE) return at == text_length
        if (char == "$" || char == BACKTICK) return 0
        if (char == BACKSLASH) {
            if (++at > text_length || index(ESCAPABLE, substr(text, at, 1)) == 0) return 0
        }
    }
    return 0
}

# A value as both read it.
function quoted(text,    at, char, out) {
    if (is_plain(text)) return text
    if (index(text, SINGLE) == 0) return SINGLE text SINGLE
    for (at = 1; at <= length(text); at++) {
        char = substr(text, at, 1)
        out = out (index(ESCAPABLE, char) ? BACKSLASH : "") char
    }
    return DOUBLE out DOUBLE
}

function state_of_wanted(name,    number) {
    if (!(name in last)) return "missing"
    number = last[name]
    return !exported[number] && same_to_shell[number] && values[number] == want[name] ? "same" : "differs"
}

function state_of_made(name,    number, without) {
    if (!(name in last)) return "missing"
    number = name in last_read ? last_read[name] : last[name]
    without = values[number] == "" ? "empty" : (values[number] in placeholders) ? "placeholder" : ""
    if (without != "") return without
    if (!(name in last_read)) return "export"
    if (values[last[name]] != values[number] && !(name in doubt)) doubt[name] = first_line[last[name]]
    return "set"
}

function ask(    i, name) {
    if (state != "line") print "! open " begun
    if (stray_return) print "! return " stray_return
    for (i = 1; i <= want_count; i++) print "v " want_order[i] " " state_of_wanted(want_order[i])
    for (i = 1; i <= make_count; i++) print "g " make_order[i] " " make[make_order[i]]
    for (i = 1; i <= gone_count; i++) print "x " gone_order[i] " " (gone_order[i] in last ? "there" : "gone")
    for (i = 1; i <= require_count; i++) ask_required(require_order[i])
    for (name in doubt) {
        if (name in want || name in make || name in gone || name in required) print "? " name " " doubt[name]
    }
    print "."
}

# The value that it will have is tested, whether it is to be set, to be made or there.
function ask_required(name,    text) {
    if (name in want) text = want[name]
    else if (name in make && make[name] !~ /^(set|export)$/) {
        if (name in sample) print "= " name " " sample[name]
        return
    }
    else if (name in make) text = values[name in last_read ? last_read[name] : last[name]]
    else if (name in last_read && !(name in gone)) text = values[last_read[name]]
    else {
        print "r " name " missing"
        return
    }
    if (text in placeholders) print "r " name " placeholder"
    else if (text ~ /\n/) print "r " name " lines"
    else print "= " name " " text
}

function need(    i) {
    for (i = 1; i <= make_count; i++) if (make[make_order[i]] !~ /^(set|export)$/) print make_order[i]
}

function edit(    number, i, name) {
    for (number = 1; number <= assignment_count; number++) {
        name = names[number]
        if (name in gone) {
            for (i = first_line[number]; i <= last_line[number]; i++) dropped[i] = 1
        }
        else if (number == last[name] && is_replaced(name)) replaced[first_line[number]] = number
    }
    for (i = 1; i <= line_count; i++) {
        if (i in replaced) {
            number = replaced[i]
            put(names[number], number)
            i = last_line[number]
        }
        else if (i in dropped || is_export_of_gone(line[i])) continue
        else if (i == line_count && cut && !grows()) printf "%s", line[i]
        else print line[i]
    }
    if (grows() && doubtful == line_count + 1) print ""
    for (i = 1; i <= want_count; i++) if (!(want_order[i] in last)) print want_order[i] "=" quoted(want[want_order[i]])
}

function is_replaced(name) {
    return (name in want && state_of_wanted(name) == "differs") || make[name] == "export"
}

# A shell that was told to export a name goes on to.
function put(name, number) {
    print name "=" (name in want ? quoted(want[name]) : raw[number])
    if (exported[last[name]]) print "export " name
}

function is_export_of_gone(text) {
    if (text !~ /^[ \t]*export[ \t]+[A-Za-z0-9_]+[ \t\r]*$/) return 0
    gsub(/^[ \t]*export[ \t]+|[ \t\r]+$/, "", text)
    return text in gone
}

# Whether lines come behind the last one.
function grows(    i) {
    for (i = 1; i <= want_count; i++) if (!(want_order[i] in last)) return 1
    return 0
}

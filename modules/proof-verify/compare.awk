# Holds a directory against a manifest: the same verdicts as engine/proof/compare.ts, for any POSIX awk in the locale C.
#
# Input: rows of the manifest, `f x|- SHA256 ./PATH` for files (x: its owner may execute it), `l ./PATH -> TARGET` for links,
# `o - SHA256 ./PATH` for files that may be absent; then, each below a line `@NAME`, what was found:
#   @hash  lines of sha256sum
#   @link  `./PATH -> TARGET`
#   @list  `%f ./PATH` of stat: the raw mode in hex, 4xxx is a directory, 8xxx a file, axxx a link
#   @odd   names that can't be in a manifest, made printable
#   @deep  `%f ./PATH` of what is risky, and of nothing else
# A line `@bad` where something could not be read.
#
# Prints `KIND<tab>./PATH` for each finding, at most 1,000 of a kind and few enough to be sent, `@count KIND N`, `@bad` where
# not all was read, and last `@done`.

# Nothing of what is read after @deep is taken for anything else: its names may hold line breaks.
section == "deep" {
    if ($0 == "@bad") is_incomplete = 1
    else if ($0 ~ /^[0-9a-f]+ \.(\/|$)/) judge_risky($1, substr($0, length($1) + 2))
    next
}

$0 == "@bad" {
    is_incomplete = 1
    next
}

/^@/ {
    section = substr($0, 2)
    next
}

section == "" {
    read_wanted()
    next
}

section == "hash" {
    found_hash[substr($0, 67)] = substr($0, 1, 64)
}

section == "link" {
    arrow = index($0, " -> ")
    found_target[substr($0, 1, arrow - 1)] = substr($0, arrow + 4)
}

section == "list" {
    judge($1, substr($0, length($1) + 2))
}

section == "odd" {
    tell("extra", $0)
}

END {
    for (i = 1; i <= path_count; i++) {
        if (!(wanted_path[i] in seen) && type[wanted_path[i]] != "o") tell("missing", wanted_path[i])
    }
    for (kind in count) print "@count " kind " " count[kind]
    if (is_incomplete) print "@bad"
    print "@done"
}

function read_wanted(    arrow, path) {
    if (/^l/) {
        arrow = index($0, " -> ")
        path = substr($0, 3, arrow - 3)
        target[path] = substr($0, arrow + 4)
    }
    else {
        path = substr($0, 70)
        is_executable[path] = substr($0, 3, 1) == "x"
        hash[path] = substr($0, 5, 64)
    }
    wanted_path[++path_count] = path
    type[path] = substr($0, 1, 1)
}

function judge(mode, path,    kind) {
    kind = substr(mode, 1, length(mode) - 3)
    seen[path] = 1
    if (kind == "4") {
        if (path in type) tell("type-changed", path)
    }
    else if (kind == "a") judge_link(path)
    else {
        if (kind != "8" || is_set_id(mode)) tell("special-or-setuid", path)
        if (kind == "8") judge_file(mode, path)
    }
}

function judge_link(path) {
    if (!(path in type)) tell("extra", path)
    else if (type[path] != "l") tell("type-changed", path)
    else if (target[path] != found_target[path]) tell("modified", path)
}

function judge_file(mode, path) {
    if (!(path in type)) tell("extra", path)
    else if (type[path] == "l") tell("type-changed", path)
    else if (!(path in found_hash)) is_incomplete = 1
    else {
        if (found_hash[path] != hash[path]) tell("modified", path)
        if (is_executable[path] ? !has(mode, 1, 4) : (has(mode, 1, 4) || has(mode, 0, 8) || has(mode, 0, 1))) {
            tell("mode-changed", path)
        }
    }
}

function judge_risky(mode, path,    kind) {
    kind = substr(mode, 1, length(mode) - 3)
    tell(kind == "4" || (kind == "8" && !is_set_id(mode)) ? "world-writable" : "special-or-setuid", path)
}

# None of many kinds hides among others, and all of them fit in an answer.
function tell(kind, path) {
    if (++count[kind] > 1000 || bytes[kind] >= 100000) return
    bytes[kind] += length(path)
    print kind "\t" path
}

# Whether a bit of a hexadecimal digit is set; digits are counted from the last one, 0.
function has(mode, digit, bit,    value) {
    value = index("0123456789abcdef", substr(mode, length(mode) - digit, 1)) - 1
    return int(value / bit) % 2
}

function is_set_id(mode) {
    return has(mode, 2, 8) || has(mode, 2, 4)
}

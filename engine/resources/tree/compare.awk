# Holds a wanted tree against what is there. Everything is seen as bytes: for LC_ALL=C.
#
# Input: the list of what is wanted, a line `MODE<tab>SIZE<tab>SUM<tab>PATH` for each item, numbered from 0; a line `@`;
# what stat said of each file, as `%f:%u:%g:%U:%G:%s:./PATH`. %f is the raw mode in hex: 4xxx is a directory, 8xxx a file,
# axxx a link.
# MODE begins with that digit too, and is `-` behind it where any mode will do.
#
# Prints what differs as `CODE FROM-TO`, by numbers: missing, other, directory (one stands there), content, attributes.
# Then, tab separated, `h NUMBER SUM ./PATH` and `l NUMBER TARGET ./PATH` for files and links still to be looked into,
# `x ./PATH` for what isn't wanted, a directory's with a slash at its end, and last `X COUNT`.
#
# -v owner=, -v group=   wanted of all, or empty; by_uid=1, by_gid=1 where they are numbers
# -v remove=1            what isn't wanted is told of
# -v shown=N             at most so many, the outermost; below 0 all, and what is in them
# -v skip=               extended regular expressions of what may stay, line by line; what it lies in stays with it

BEGIN {
    skip_count = split(skip, skip_pattern, "\n")
    is_list = 1
    item_count = 0
}

is_list && $0 == "@" {
    is_list = 0
    next
}

is_list {
    if (split($0, field, "\t") == 4) {
        wanted_mode[item_count] = field[1]
        wanted_size[item_count] = field[2]
        wanted_sum[item_count] = field[3]
        wanted_path[item_count] = field[4]
        item_at["./" field[4]] = item_count++
    }
    next
}

{
    path = $0
    sub(/^[0-9a-f]+:[0-9]+:[0-9]+:[^:]*:[^:]*:[0-9]+:/, "", path)
    if (path == $0) next
    split($0, field, ":")
    if (path in item_at) found[item_at[path]] = $0
    else if (remove) other[++other_count] = path (field[1] ~ /^4...$/ ? "/" : "")
}

END {
    for (i = 0; i < item_count; i++) compare(i)
    end_of_run()
    for (j = 1; j <= later_count; j++) print later[j]
    if (remove) tell_unwanted()
    print "X", unwanted_count + 0
}

function compare(i,    field, type, wanted_type) {
    if (!(i in found)) {
        say("missing", i)
        return
    }
    split(found[i], field, ":")
    type = length(field[1]) == 4 ? substr(field[1], 1, 1) : ""
    wanted_type = substr(wanted_mode[i], 1, 1)
    if (type != wanted_type) {
        say(type == "4" ? "directory" : "other", i)
        return
    }
    if (type == "8" && field[6] != wanted_size[i]) {
        say("content", i)
        return
    }
    if (type == "8" || type == "a") {
        later[++later_count] = (type == "8" ? "h" : "l") "\t" i "\t" wanted_sum[i] "\t./" wanted_path[i]
    }
    if (has_other_attributes(field, type, substr(wanted_mode[i], 2))) say("attributes", i)
}

function has_other_attributes(field, type, mode) {
    if (type != "a" && mode != "-" && substr(field[1], 2) != mode) return 1
    if (owner != "" && field[by_uid ? 2 : 4] != owner) return 1
    return group != "" && field[by_gid ? 3 : 5] != group
}

# Neighbours that differ alike are one line.
function say(code, i) {
    if (code == run_code && i == run_end + 1) {
        run_end = i
        return
    }
    end_of_run()
    run_code = code
    run_start = run_end = i
}

function end_of_run() {
    if (run_code != "") print run_code, run_start "-" run_end
    run_code = ""
}

function is_skipped(path,    i) {
    for (i = 1; i <= skip_count; i++) if (path ~ skip_pattern[i]) return 1
    return 0
}

# find tells of a directory before what is in it.
function tell_unwanted(    j, path, parent) {
    for (j = 1; j <= other_count; j++) {
        if (!is_skipped(substr(other[j], 3))) continue
        path = other[j]
        skipped[path] = 1
        while (sub(/[^\/]*\/?$/, "", path) && path != "./" && path != "") kept[path] = 1
    }
    for (j = 1; j <= other_count; j++) {
        path = other[j]
        if ((path in skipped) || (path in kept)) continue
        unwanted[path] = 1
        parent = path
        sub(/[^\/]+\/?$/, "", parent)
        if (shown >= 0 && (parent in unwanted)) continue
        unwanted_count++
        if (shown < 0 || unwanted_count <= shown) print "x\t" path
    }
}

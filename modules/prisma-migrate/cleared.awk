# Each line with `> ` before it, the database's URL and its password taken out. Behind percent.awk; reads DATABASE_URL.

BEGIN {
    url = ENVIRON["DATABASE_URL"]
    if (url ~ /^[a-z]+:\/\/.*@/) {
        login = url
        sub(/^[a-z]+:\/\//, "", login)
        sub(/@[^@]*$/, "", login)
        colon_at = index(login, ":")
        if (colon_at) password = substr(login, colon_at + 1)
    }
    else url = ""
}

{
    if (url != "") $0 = without($0, url, "(DATABASE_URL)")
    if (length(password) > 3) {
        $0 = without($0, password, "(password)")
        $0 = without($0, decoded(password), "(password)")
    }
    print "> " $0
}

function without(text, word, mask,    out, at) {
    out = ""
    while ((at = index(text, word)) > 0) {
        out = out substr(text, 1, at - 1) mask
        text = substr(text, at + length(word))
    }
    return out text
}

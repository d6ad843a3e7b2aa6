# A function for the programs that read a URL. They run in the locale C: what is encoded are bytes.

# Percent-encoded text as it was (RFC 3986, 2.1); what isn't encoded so stays.
function decoded(text,    digits, out, at, char) {
    digits = "0123456789ABCDEF"
    out = ""
    for (at = 1; at <= length(text); at++) {
        char = substr(text, at, 1)
        if (char == "%" && substr(text, at + 1, 2) ~ /^[0-9A-Fa-f][0-9A-Fa-f]$/) {
            char = toupper(substr(text, at + 1, 2))
            char = sprintf("%c", 16 * (index(digits, substr(char, 1, 1)) - 1) + index(digits, substr(char, 2, 1)) - 1)
            at += 2
        }
        out = out char
    }
    return out
}

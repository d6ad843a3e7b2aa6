# What pg_dump needs of DATABASE_URL, decoded, as `export` commands: libpq would refuse Prisma's own options in the URL
# (`?schema=public`). Behind percent.awk.

BEGIN {
    url = ENVIRON["DATABASE_URL"]
    sub(/^[a-z]+:\/\//, "", url)
    if (match(url, /\?/)) {
        options = substr(url, RSTART + 1)
        url = substr(url, 1, RSTART - 1)
    }
    slash_at = index(url, "/")
    database = slash_at ? substr(url, slash_at + 1) : ""
    if (slash_at) url = substr(url, 1, slash_at - 1)
    login = ""
    if (match(url, /.*@/)) {
        login = substr(url, 1, RLENGTH - 1)
        url = substr(url, RLENGTH + 1)
    }
    colon_at = index(login, ":")
    set("PGUSER", decoded(colon_at ? substr(login, 1, colon_at - 1) : login))
    if (colon_at) set("PGPASSWORD", decoded(substr(login, colon_at + 1)))
    if (match(url, /:[0-9]*$/)) {
        set("PGPORT", substr(url, RSTART + 1))
        url = substr(url, 1, RSTART - 1)
    }
    gsub(/[][]/, "", url)
    count = split(options, option, "&")
    for (i = 1; i <= count; i++) {
        if (option[i] ~ /^sslmode=/) set("PGSSLMODE", decoded(substr(option[i], 9)))
        if (option[i] ~ /^host=/) url = substr(option[i], 6)
    }
    set("PGHOST", decoded(url))
    set("PGDATABASE", decoded(database))
}

function set(name, value,    parts, count, i, out) {
    if (value == "") return
    count = split(value, parts, "\047")
    out = parts[1]
    for (i = 2; i <= count; i++) out = out "\047\\\047\047" parts[i]
    print "export " name "=\047" out "\047"
}

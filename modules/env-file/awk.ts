// Reading and editing a file of NAME=value lines as awk does it on the host, so that no value has to leave it.
// What a line means is what systemd makes of an EnvironmentFile (systemd.exec(5), src/basic/env-file.c); whether a POSIX
// shell that sources the file reads the same is told apart, and what is written here both read alike.

/**
 * The program, for any POSIX awk, in the locale C. Its operands: `mode=MODE part=1 INPUT part=2 FILE`.
 *
 * Lines of INPUT: `v NAME=value` shall be set, `g NAME` shall be made where it is missing, `r NAME` has to be valid,
 * `s NAME=sample` what making it would give, `p text` counts as missing, `x NAME` shall go.
 *
 * - mode=ask prints a line for each: `v NAME same|differs|missing`, `g NAME set|export|missing|empty|placeholder`,
 *   `r NAME missing|empty|placeholder|lines`, `x NAME there|gone`, and `= NAME value` for the value that `r` has to
 *   be tested against (never for whom it isn't meant: whoever runs this keeps it). `? NAME LINE` where systemd and a
 *   shell would disagree about a name; `! open LINE` and `! return LINE` for a file that can't be edited by lines.
 *   The last line is a dot.
 * - mode=need prints the names of `g` that have to be made.
 * - mode=edit prints the file as it shall be; `cut=1` where the last line had no end.
 */
export const ENV_AWK = String.raw`
function plain(v,  i) {
  for (i = 1; i <= length(v); i++) if (index(PLAIN, substr(v, i, 1)) == 0) return 0
  return 1
}
function alike(raw,  i, c, q, len) {
  sub(/[ \t]+$/, "", raw)
  len = length(raw); q = substr(raw, 1, 1)
  if (q == SQ) return len > 1 && index(substr(raw, 2), SQ) == len - 1
  if (q != DQ) return plain(raw)
  for (i = 2; i <= len; i++) {
    c = substr(raw, i, 1)
    if (c == DQ) return i == len
    if (c == "$" || c == "\140") return 0
    if (c == BS) { if (++i > len || index(DQ BS "$\140", substr(raw, i, 1)) == 0) return 0 }
  }
  return 0
}
function quoted(v,  i, c, out) {
  if (plain(v)) return v
  if (index(v, SQ) == 0) return SQ v SQ
  for (i = 1; i <= length(v); i++) {
    c = substr(v, i, 1)
    out = out (index(DQ BS "$\140", c) ? BS : "") c
  }
  return DQ out DQ
}
function finish(  name, shell, s) {
  name = key; sub(/[ \t]+$/, "", name)
  shell = name ~ /^export[ \t]+[A-Za-z_][A-Za-z0-9_]*$/
  if (shell) sub(/^export[ \t]+/, "", name)
  if (name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) return
  s = ++statements
  first[s] = begun; final[s] = n; names[s] = name; exported[s] = shell
  raws[s] = begun == n ? substr(line[n], equals + 1) : "\n"
  values[s] = value
  same[s] = begun == n && key !~ /[ \t]$/ && alike(raws[s])
  last[name] = s
  if (begun == doubtful || (shell && !same[s])) doubt[name] = begun
  if (!shell) read[name] = s
}
function scan(text,  i, c, len) {
  len = length(text)
  for (i = 1; i <= len + 1; i++) {
    c = i > len ? "\n" : substr(text, i, 1)
    if (c == "\r" && i < len && state ~ /^(key|before|value)$/) odd = odd ? odd : n
    if (state == "line") {
      if (c == "#" || c == ";") state = "comment"
      else if (index(" \t\n\r", c) == 0) { state = "key"; key = c; begun = n }
    } else if (state == "key") {
      if (c == "\n" || c == "\r") state = "line"
      else if (c == "=") { state = "before"; value = blank = ""; equals = i }
      else key = key c
    } else if (state == "before") {
      if (c == "\n" || c == "\r") { finish(); state = "line" }
      else if (c == SQ) state = "single"
      else if (c == DQ) state = "double"
      else if (c == BS) state = "escape"
      else if (c != " " && c != "\t") { state = "value"; value = value c; blank = "" }
    } else if (state == "value") {
      if (c == "\n" || c == "\r") { finish(); state = "line" }
      else if (c == BS) { state = "escape"; value = value blank; blank = "" }
      else if (c == " " || c == "\t") blank = blank c
      else { value = value blank c; blank = "" }
    } else if (state == "escape") {
      state = "value"
      if (c != "\n" && c != "\r") value = value c
    } else if (state == "single") {
      if (c == SQ) state = "before"; else value = value c
    } else if (state == "double") {
      if (c == DQ) state = "before"; else if (c == BS) state = "escaped"; else value = value c
    } else if (state == "escaped") {
      state = "double"
      if (index(DQ BS "$\140", c)) value = value c
      else if (c != "\n") value = value BS c
    } else if (c == "\n" || c == "\r") {
      state = "line"
      if (text ~ /\\\r?$/) doubtful = n + 1
    }
  }
}
function lacks(v) { return v == "" ? "empty" : (v in placeholders) ? "placeholder" : "" }
function generated(name,  s) {
  if (!(name in last)) return "missing"
  s = name in read ? read[name] : last[name]
  if (lacks(values[s]) != "") return lacks(values[s])
  if (!(name in read)) return "export"
  if (values[last[name]] != values[s] && !(name in doubt)) doubt[name] = first[last[name]]
  return "set"
}
function wanted(name,  s) {
  if (!(name in last)) return "missing"
  s = last[name]
  return !exported[s] && same[s] && values[s] == want[name] ? "same" : "differs"
}
function require(name,  v) {
  if (name in want) v = want[name]
  else if (name in make && make[name] !~ /^(set|export)$/) { if (name in sample) print "= " name " " sample[name]; return }
  else if (name in make) v = values[name in read ? read[name] : last[name]]
  else if (name in read && !(name in gone)) v = values[read[name]]
  else { print "r " name " missing"; return }
  if (v in placeholders) print "r " name " placeholder"
  else if (v ~ /\n/) print "r " name " lines"
  else print "= " name " " v
}
function ask(  i, name) {
  if (state != "line") print "! open " begun
  if (odd) print "! return " odd
  for (i = 1; i <= wants; i++) print "v " order[i] " " wanted(order[i])
  for (i = 1; i <= makes; i++) print "g " makeOrder[i] " " make[makeOrder[i]]
  for (i = 1; i <= goes; i++) print "x " goOrder[i] " " (goOrder[i] in last ? "there" : "gone")
  for (i = 1; i <= requires; i++) require(requireOrder[i])
  for (name in doubt) if (name in want || name in make || name in gone || name in required) print "? " name " " doubt[name]
  print "."
}
function put(name, text) {
  print name "=" text
  if (exported[last[name]]) print "export " name
}
function edit(  s, i, name, text) {
  for (s = 1; s <= statements; s++) {
    name = names[s]
    if (name in gone) for (i = first[s]; i <= final[s]; i++) drop[i] = 1
    else if (s == last[name] && ((name in want && wanted(name) == "differs") || make[name] == "export")) replaced[first[s]] = s
  }
  for (i = 1; i <= n; i++) {
    if (i in replaced) {
      s = replaced[i]; name = names[s]
      if (name in want) text = quoted(want[name]); else text = raws[s]
      put(name, text)
      i = final[s]
    } else if (i in drop || (line[i] ~ /^[ \t]*export[ \t]+[A-Za-z0-9_]+[ \t\r]*$/ && bare(line[i]) in gone)) continue
    else if (i == n && cut && !grows()) printf "%s", line[i]
    else print line[i]
  }
  if (grows() && doubtful == n + 1) print ""
  for (i = 1; i <= wants; i++) if (!(order[i] in last)) print order[i] "=" quoted(want[order[i]])
}
function bare(text) { gsub(/^[ \t]*export[ \t]+|[ \t\r]+$/, "", text); return text }
function grows(  i) {
  for (i = 1; i <= wants; i++) if (!(order[i] in last)) return 1
  return 0
}
function need(  i) {
  for (i = 1; i <= makes; i++) if (make[makeOrder[i]] !~ /^(set|export)$/) print makeOrder[i]
}
BEGIN {
  SQ = "\047"; DQ = "\042"; BS = "\134"; state = "line"
  PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/.,:=@%+-"
}
part == 1 {
  kind = substr($0, 1, 1); rest = substr($0, 3)
  cutAt = index(rest, "="); name = rest
  if (kind == "v" || kind == "s") { name = substr(rest, 1, cutAt - 1); rest = substr(rest, cutAt + 1) }
  if (kind == "v") { if (!(name in want)) order[++wants] = name; want[name] = rest }
  else if (kind == "s") sample[name] = rest
  else if (kind == "g") { makeOrder[++makes] = name; make[name] = "" }
  else if (kind == "r") { requireOrder[++requires] = name; required[name] = 1 }
  else if (kind == "x") { goOrder[++goes] = name; gone[name] = 1 }
  else if (kind == "p") placeholders[rest] = 1
}
part == 2 { line[++n] = $0; scan($0) }
END {
  for (i = 1; i <= makes; i++) make[makeOrder[i]] = generated(makeOrder[i])
  if (mode == "ask") ask()
  else if (mode == "need") need()
  else edit()
}
`;

// Shell text that runs Prisma's command line in an application's directory: with the variables of its environment file, as
// its user, and with what it prints cleared of the database's URL and password before any of it leaves the host.
import { lines, type Script, sh } from '../../engine/module/script.ts';
import { asUser } from '../../engine/resources/command/as-user.ts';

export interface PrismaCall {
  /** The application's directory. */
  readonly path: string;
  /** Relative to it. */
  readonly schema: string;
  readonly envFile: string | undefined;
  readonly user: string | undefined;
  readonly command: readonly string[];
}

/** `NAME=value` lines as systemd reads an EnvironmentFile (systemd.exec(5)), as `export` commands; a value of several lines is refused. */
const EXPORTS = String.raw`
function read(v,  i, c, q, out, blank, begun) {
  q = out = blank = ""; begun = 0
  for (i = 1; i <= length(v); i++) {
    c = substr(v, i, 1)
    if (q == SQ) { if (c == SQ) q = ""; else out = out c }
    else if (q == DQ && c == DQ) q = ""
    else if (q == DQ && c == BS) { c = substr(v, ++i, 1); out = out (index(DQ BS "$\140", c) ? "" : BS) c }
    else if (q == DQ) out = out c
    else if (!begun && (c == SQ || c == DQ)) q = c
    else if (c == BS) { c = substr(v, ++i, 1); if (c == "") open = 1; out = out blank c; blank = ""; begun = 1 }
    else if (c == " " || c == "\t") { if (begun) blank = blank c }
    else { out = out blank c; blank = ""; begun = 1 }
  }
  if (q != "") open = 1
  return out
}
BEGIN { SQ = "\047"; DQ = "\042"; BS = "\134" }
{
  sub(/\r$/, ""); sub(/^[ \t]+/, "")
  i = index($0, "=")
  if ($0 ~ /^[#;]/ || i < 2) next
  name = substr($0, 1, i - 1); sub(/^export[ \t]+/, "", name); sub(/[ \t]+$/, "", name)
  if (name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) next
  value = read(substr($0, i + 1))
  if (open) exit 3
  count = split(value, parts, SQ); value = parts[1]
  for (i = 2; i <= count; i++) value = value SQ BS SQ SQ parts[i]
  print "export " name "=" SQ value SQ
}`;

/** Each line with \`> \` before it, the URL and its password taken out. */
const CLEARED = String.raw`
function swap(text, word, mask,  out, i) {
  out = ""
  while ((i = index(text, word)) > 0) { out = out substr(text, 1, i - 1) mask; text = substr(text, i + length(word)) }
  return out text
}
function decoded(text,  out, i, c) {
  out = ""
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "%" && substr(text, i + 1, 2) ~ /^[0-9A-Fa-f][0-9A-Fa-f]$/) {
      c = sprintf("%c", 16 * (index(HEX, toupper(substr(text, i + 1, 1))) - 1) + index(HEX, toupper(substr(text, i + 2, 1))) - 1)
      i += 2
    }
    out = out c
  }
  return out
}
BEGIN {
  HEX = "0123456789ABCDEF"
  url = ENVIRON["DATABASE_URL"]
  if (url ~ /^[a-z]+:\/\/.*@/) {
    login = url; sub(/^[a-z]+:\/\//, "", login); sub(/@[^@]*$/, "", login)
    i = index(login, ":")
    if (i) password = substr(login, i + 1)
  } else url = ""
}
{
  if (url != "") $0 = swap($0, url, "(DATABASE_URL)")
  if (length(password) > 3) { $0 = swap($0, password, "(password)"); $0 = swap($0, decoded(password), "(password)") }
  print "> " $0
}`;

/**
 * Functions and variables for what follows: `as WORDS` runs as the user, `prisma WORDS` is the command, `execute SQL` has the
 * database execute it, `cleared` is a filter.
 */
export function prismaShell({ path, schema, envFile, user, command }: PrismaCall): Script {
  return lines(
    sh`cd -- ${path} || exit 1`,
    envFile === undefined
      ? undefined
      : sh`vrun_e=$(awk ${EXPORTS} <${envFile}) || { echo ${`a value in ${envFile} has no end on its line`} >&2; exit 1; }
eval "$vrun_e"`,
    sh`export CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 NO_COLOR=1`,
    asUser(user),
    sh`prisma() { as ${command} "$@"; }`,
    // Prisma 7 reads the database's URL from its configuration only, and refuses --schema there.
    sh`execute() {
vrun_x=$(printf '%s\n' "$1" | prisma db execute --stdin --schema ${schema} 2>&1); set -- "$1" "$?"
case $vrun_x in *'unexpected option: --schema'*) vrun_x=$(printf '%s\n' "$1" | prisma db execute --stdin 2>&1); set -- "$1" "$?";; esac
printf '%s\n' "$vrun_x"; return "$2"
}`,
    sh`cleared() { LC_ALL=C awk ${CLEARED}; }`,
  );
}

// The scripts that ask an authority for a certificate, certbot(1), and that see to it beforehand that it can be had.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { RunStep } from '../../engine/module/change.ts';
import { type CertificateWant, hookPath, LETSENCRYPT } from './want.ts';

const TIMEOUT = 900;

/**
 * Fetches a file of the challenge's directory over HTTP by each of the names, as the authority will (RFC 8555, 8.3): an
 * attempt that fails there counts against limits of the authority's.
 */
export function preflight({ webroot, domains }: CertificateWant): RunStep {
  const directory = `${webroot}/.well-known/acme-challenge`;
  const run = lines(
    sh`d=${directory}; mkdir -p -- "$d" || exit 1
t=vrun-$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
trap 'rm -f -- "$d/$t"' EXIT; trap 'exit 129' HUP INT TERM PIPE
printf %s "$t" >"$d/$t" && chmod 0644 "$d/$t" || exit 1`,
    FETCH,
    sh`bad=
for name in ${domains}; do
  u=http://$name/.well-known/acme-challenge/$t
  got=$(fetch "$u" 2>&1 | head -c 300 | tr '\n' ' ')
  [ "$got" = "$t" ] || bad="$bad  http://$name: \${got:-an empty answer}
"
done
[ -n "$bad" ] || exit 0
printf '%s\n' "The authority was not asked, since it could not have found its challenge. A file in $d has to be served over HTTP, and was not:" "$bad" >&2
exit 1`,
  );
  const hint =
    'Does the name lead to this host, and does its site serve that directory (acme_root of nginx)? With `preflight: false` the authority is asked all the same.';
  return { run, timeout: 60 + 30 * domains.length, hint };
}

/** An authority follows redirects and does not ask whether their certificates are valid. */
const FETCH = sh`fetch() {
  if command -v curl >/dev/null; then curl -q -sS -f -g -L -k --max-redirs 10 --max-time 20 -- "$1"
  elif command -v wget >/dev/null; then wget -q -T 20 --no-check-certificate -O - -- "$1" || echo 'wget got no answer'
  elif command -v python3 >/dev/null; then python3 -c 'import ssl, sys, urllib.request as r
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
try: sys.stdout.buffer.write(r.urlopen(sys.argv[1], timeout=20, context=c).read(300))
except Exception as e: print(e)' "$1"
  else printf %s "$t"; fi
}`;

/**
 * Asks for the certificate. With `replace`, what is in the lineage's place and isn't certbot's is put aside, and comes
 * back when there is no certificate in the end. An old certificate of certbot's own stays until the new one is there.
 */
export function issueLineage(want: CertificateWant, replace: boolean): RunStep {
  const { name, domains, email, webroot, server, keyType } = want;
  const words = [
    ...['certonly', '--non-interactive', '--agree-tos', '--no-eff-email', '--email', email],
    ...['--webroot', '--webroot-path', webroot, '--server', server, '--cert-name', name, '--key-type', keyType],
    ...['--force-renewal', '--renew-with-new-domains', ...domains.flatMap((domain) => ['--domain', domain])],
  ];
  const run = lines(
    START,
    replace ? aside(name) : undefined,
    certbot(want, words),
    sh`done=1`,
    sh`if grep "hook.* reported error code" "$log" >&2; then tail -n 20 "$log" >&2; exit 1; fi`,
  );
  const hint =
    'What was there before is there still. All that certbot did is in /var/log/letsencrypt/letsencrypt.log on the host.';
  return { run, timeout: TIMEOUT, hint };
}

/** certbot's renewal/NAME.conf, without the map of other directories; hooks that made way for a server of certbot's own go with it. */
const THROUGH = String.raw`
/^\[/ { map = /^\[\[webroot_map\]\]/ }
map { next }
/^(authenticator|webroot_path) *=/ { next }
ENVIRON["alone"] && /^(pre_hook|post_hook) *=/ { next }
{ print }
/^\[renewalparams\]/ { print "authenticator = webroot\nwebroot_path = " ENVIRON["root"] "," }`;

/** Has certbot renew a certificate through the web server's files: `certbot reconfigure` does so, from 2.3 on, and asks the authority for a trial. */
export function renewThrough({ name, webroot }: CertificateWant): RunStep {
  const root = /^[\w./-]+$/.test(webroot) ? webroot : `"${webroot}"`;
  return {
    run: sh`c=${LETSENCRYPT}/renewal/${`${name}.conf`}
alone=$(sed -n 's/^authenticator *= *standalone *$/1/p' "$c"); root=${root}; export alone root
cp -p -- "$c" "$c.vrun" && awk ${THROUGH} "$c" >"$c.vrun" && mv -f -- "$c.vrun" "$c"`,
  };
}

/** Runs the hook as certbot does after a renewal. From 5.3 on certbot runs those of its directory for a new certificate, too. */
export function runHook(want: CertificateWant): RunStep {
  const lineage = `${LETSENCRYPT}/live/${want.name}`;
  const run = sh`v=$(certbot --version 2>/dev/null | sed -n 's/^certbot \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p')
if [ -n "$v" ] && { [ "\${v% *}" -gt 5 ] || { [ "\${v% *}" -eq 5 ] && [ "\${v#* }" -ge 3 ]; }; }; then exit 0; fi
RENEWED_LINEAGE=${lineage} RENEWED_DOMAINS=${want.domains.join(' ')} ${hookPath(want)}`;
  const hint = `The certificate is there, and only its deploy hook failed. The next run does not repeat it; on the host:\n  RENEWED_LINEAGE=${lineage} ${hookPath(want)}`;
  return { run, timeout: TIMEOUT, hint };
}

/** Fails where the authority's certificates live too short for the task: each run would ask for another. */
export function longEnough({ name, renewBeforeDays }: CertificateWant): RunStep {
  const chain = `${LETSENCRYPT}/live/${name}/fullchain.pem`;
  return {
    run: sh`openssl x509 -noout -checkend ${renewBeforeDays * 86_400} -in ${chain} >/dev/null && exit 0
echo ${`The authority issued a certificate that has no more than ${renewBeforeDays} days left from the start:`} >&2
openssl x509 -noout -enddate -in ${chain} >&2; exit 1`,
    hint: 'The certificate is in its place, but each run would ask for another: set `renew_before_days` to a third of its lifetime, or take another authority.',
  };
}

export function deleteLineage(want: CertificateWant): RunStep {
  const { name } = want;
  // Where certbot is gone already its files go without it.
  const run = lines(
    sh`if ! command -v certbot >/dev/null; then e=${LETSENCRYPT}; rm -rf -- "$e/live/"${name} "$e/archive/"${name} && rm -f -- "$e/renewal/"${`${name}.conf`}; exit; fi`,
    START,
    certbot(want, ['delete', '--non-interactive', '--cert-name', name]),
  );
  return { run, timeout: TIMEOUT };
}

const START = sh`log=$(mktemp) || exit 1; done= a=
trap 'rm -f "$log"; [ -z "$a" ] || [ -n "$done" ] || back' EXIT; trap 'exit 129' HUP INT TERM PIPE`;

/** certbot would refuse, or take a name of its own, where something that it doesn't know is in the way. */
function aside(name: string): Script {
  return sh`e=${LETSENCRYPT}; k=$e/replaced-by-vrun; p="live/${name} archive/${name} renewal/${name}.conf"
is() { [ -e "$1" ] || [ -h "$1" ]; }
back() {
  for f in $p; do if is "$a/\${f%%/*}"; then rm -rf -- "$e/$f"; mv -- "$a/\${f%%/*}" "$e/$f"; fi; done
  rmdir -- "$a"
}
mkdir -p -m 0700 -- "$k" && a=$(mktemp -d "$k/"${name}.XXXXXX) || exit 1
for f in $p; do if is "$e/$f"; then mv -- "$e/$f" "$a/\${f%%/*}" || exit 1; fi; done`;
}

/** Its output goes to a file: all of it is shown when it fails. A renewal that its timer just makes is waited for. */
function certbot({ caBundle }: CertificateWant, words: readonly string[]): Script {
  return lines(
    caBundle === undefined ? undefined : sh`export REQUESTS_CA_BUNDLE=${caBundle}`,
    sh`n=0
until certbot ${words} >"$log" 2>&1 </dev/null; do
  if [ $n -ge 60 ] || ! grep -q 'Another instance of Certbot is already running' "$log"; then
    grep -v '^Saving debug log to\|^Ask for help or search' "$log" | tail -n 25 >&2; exit 1
  fi
  n=$((n + 1)); sleep 5
done`,
  );
}

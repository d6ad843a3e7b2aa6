// Reads a lineage of certbot's with openssl: what the certificate says, whether chain and key belong to it, and how
// certbot would renew it.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import { fileQuery } from '../../engine/resources/file/managed.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import type { FileQuery } from '../../engine/resources/file/state.ts';
import { probeUnits } from '../../engine/resources/unit/probe.ts';
import { unitQueries } from '../../engine/resources/unit/want.ts';
import { type CertificateWant, hookFile, hookPath, LETSENCRYPT, renewalUnits } from './want.ts';

const FILES = ['cert.pem', 'chain.pem', 'fullchain.pem', 'privkey.pem'];

/** A read-only script, to be read by `parseCertificate`. */
export function probeCertificate(want: CertificateWant): Script {
  const { name, present } = want;
  return lines(
    sh`n=${name}; e=${LETSENCRYPT}; l=$e/live/$n`,
    sh`echo @tools; for t in certbot openssl; do if command -v "$t" >/dev/null; then echo "$t"; fi; done
if [ "$(id -u)" -eq 0 ]; then echo root; fi`,
    // certbot knows a lineage by its four links and its settings for renewal; anything else is not its own.
    sh`echo @lineage
for f in ${FILES}; do if [ -h "$l/$f" ]; then echo "link $f"; elif [ -e "$l/$f" ]; then echo "file $f"; fi; done
for d in "live/$n" "archive/$n" "renewal/$n.conf"; do if [ -e "$e/$d" ] || [ -h "$e/$d" ]; then echo "there \${d%%/*}"; fi; done`,
    sh`echo @renewal; if [ -r "$e/renewal/$n.conf" ]; then
  sed -n 's/^\(server\|authenticator\|webroot_path\) *= */\1 /p; /^\[\[webroot_map\]\]/,$ s/^\([A-Za-z0-9.-]*\) *= */map \1 /p' "$e/renewal/$n.conf"
fi`,
    present ? CERTIFICATE : undefined,
    probeFiles(certificateQueries(want)),
    // Their files are among those above: a probe says each section once.
    present ? probeUnits(renewalUnits(want).map((unit) => ({ ...unit, files: [] }))) : undefined,
  );
}

/** The files beside the lineage that a task manages, or needs. */
export function certificateQueries(want: CertificateWant): readonly FileQuery[] {
  const hook = want.present ? hookFile(want) : undefined;
  const others = want.caBundle === undefined ? [] : [want.caBundle];
  const units = want.present ? unitQueries(renewalUnits(want)) : [];
  const webroot = want.present ? [{ path: want.webroot, follow: true, others: [want.webroot] }] : [];
  return [hook ? { ...fileQuery(hook), others } : { path: hookPath(want), others }, ...webroot, ...units];
}

/** The leaf is the first of the chain's certificates; those after it must have signed it. */
const CERTIFICATE = sh`echo @certificate
if command -v openssl >/dev/null && [ -r "$l/fullchain.pem" ]; then
  c=$l/fullchain.pem
  echo "now $(date +%s)"
  openssl x509 -in "$c" -noout -nameopt RFC2253 -startdate -enddate -issuer -subject 2>/dev/null || echo unreadable
  openssl x509 -in "$c" -noout -text 2>/dev/null | sed -n 's/^ *Public Key Algorithm: */algorithm /p; /X509v3 Subject Alternative Name/{n; s/^ */names /p;}'
  if awk '/^-----BEGIN/ { n++ } n > 1' "$c" | openssl verify -partial_chain -no_check_time -trusted /dev/stdin "$c" >/dev/null 2>&1; then echo chained; fi
  p=$(openssl x509 -in "$c" -noout -pubkey 2>/dev/null)
  if [ -n "$p" ] && [ "$p" = "$(openssl pkey -in "$l/privkey.pem" -pubout 2>/dev/null)" ]; then echo paired; fi
fi`;

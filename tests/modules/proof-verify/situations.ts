import { fixedBuild, unpack } from '../../proof/fixed-build.ts';
import type { Situations } from '../harness/situation.ts';

const ROOT = '/srv/app';
const signed = { path: ROOT, manifest: 'manifest.json', allowed_signers: 'allowed_signers' };

const SITE = `cat >/tmp/server.py <<'END'
import http.server
HEADERS = ['Content-Security-Policy', 'Strict-Transport-Security', 'X-Content-Type-Options', 'Referrer-Policy', 'X-Frame-Options', 'Permissions-Policy']
class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.path.startswith('/good')
        proof = self.path.endswith('/proof/build.json')
        body = open('/srv/app/public/proof/build.json', 'rb').read() if proof and not self.path.startswith('/none') else b'<h1>Hello</h1>'
        self.send_response(404 if self.path.startswith('/none') and proof else 502 if self.path == '/down/' else 200)
        for name in HEADERS if good else HEADERS[:2]:
            self.send_header(name, 'x')
        self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('127.0.0.1', 8000), Site).serve_forever()
END
systemd-run -q --unit site python3 /tmp/server.py
bash -c 'until (exec 3<>/dev/tcp/127.0.0.1/8000) 2>/dev/null; do sleep 0.1; done'`;

const situations: Situations = [
  {
    name: 'nothing',
    title: 'a host to which nothing was deployed, and one where a file is in the way',
    given: 'touch /srv/file',
    wants: [signed, { path: ROOT }, { path: '/srv/file' }, { path: '/srv/file/app' }],
    local: fixedBuild(),
  },
  {
    name: 'as-signed',
    title: 'a build as it was signed: with all there is to ask, without a manifest, looked at deeply',
    given: `${unpack(ROOT)}\nln -s ${ROOT} /srv/current`,
    wants: [
      signed,
      { ...signed, path: '/srv/current', commit: '0123456789abcdef0123456789abcdef01234567', gates: ['lint', 'test'] },
      { ...signed, commit: 'another', gates: ['audit'], max_age: 1 },
      { path: ROOT },
      { path: ROOT, lockfile: 'yarn.lock' },
      { ...signed, deep: true },
      { path: ROOT, deep: true },
    ],
    local: fixedBuild(),
  },
  {
    name: 'tampered',
    title: 'a build that was changed in every way, with data that belongs to the host beside it',
    given: `${unpack(ROOT)}
cd ${ROOT}
echo 'evil();' >server.js
echo x >extra.js; mkdir -p 'new dir'; echo x >'new dir/größe'
rm 'app/[slug]/größe 1.js'
chmod -x bin/start
rm package-lock.json; ln -s /etc/hostname package-lock.json
rm node_modules/.bin/tool; ln -s ../tool/other.js node_modules/.bin/tool
cp /bin/true node_modules/tool/cli.js; chmod 6755 node_modules/tool/cli.js
mkfifo pipe
touch 'a\\b' "$(printf 'line\nbreak')"
sed -i 's/0123456789abcdef/fedcba9876543210/' public/proof/build.json
mkdir -p data /var/lib/app/uploads; ln -s /var/lib/app/uploads uploads
echo x >data/prod.db; chmod 0666 data/prod.db
touch /var/lib/app/uploads/su; chmod 4755 /var/lib/app/uploads/su; mkdir /var/lib/app/uploads/open; chmod 0777 /var/lib/app/uploads/open`,
    wants: [signed, { ...signed, deep: true }, { path: ROOT }],
    local: fixedBuild(),
  },
  {
    name: 'unreadable',
    title: 'a build of which not everything can be read',
    as: 'ops',
    given: `${unpack(ROOT)}\nchmod 0600 ${ROOT}/server.js ${ROOT}/public/proof/build.json; chmod 0700 ${ROOT}/node_modules\nmkdir -m 0700 /srv/closed`,
    wants: [signed, { path: ROOT }, { path: '/srv/closed' }],
    local: fixedBuild(),
  },
  {
    name: 'proofs',
    title: 'a build whose own proof is a link, too large, no proof, or in another place',
    given: `${unpack('/srv/link')}; cd /srv/link/public/proof; mv build.json b; ln -s b build.json
${unpack('/srv/large')}; head -c 70000 /dev/zero >/srv/large/public/proof/build.json
${unpack('/srv/html')}; echo '<html>@build x' >/srv/html/public/proof/build.json
${unpack('/srv/static')}; mv /srv/static/public/proof /srv/static/proof
${unpack('/srv/none')}; rm -r /srv/none/public /srv/none/package-lock.json`,
    wants: ['link', 'large', 'html', 'static', 'none'].map((name) => ({ path: `/srv/${name}` })),
    local: fixedBuild(),
  },
  {
    name: 'sites',
    title: 'sites: with all headers, with some, without a proof, down, not there',
    given: `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y curl >/dev/null 2>&1\n${unpack(ROOT)}\n${SITE}`,
    wants: [
      { url: 'http://127.0.0.1:8000/good' },
      { url: 'http://127.0.0.1:8000/good/proof/build.json', commit: 'another' },
      { url: 'http://127.0.0.1:8000' },
      { url: 'http://127.0.0.1:8000', headers: [] },
      { url: 'http://127.0.0.1:8000/none', headers: [] },
      { url: 'http://127.0.0.1:8000/down', headers: [] },
      { url: 'http://127.0.0.1:8999' },
    ],
  },
  {
    name: 'without-curl',
    title: 'a host without curl that is to ask a site',
    wants: [{ url: 'http://127.0.0.1:8000' }],
  },
];

export default situations;

import type { Situations } from '../harness/situation.ts';

/** A server of many moods on port 8000, and with a certificate of its own on 8443. */
const SERVER = String.raw`cat >/tmp/server.py <<'END'
import http.server, ssl, threading, time
class Moods(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers: self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD': self.wfile.write(body)
    def do_GET(self):
        path = self.path
        if path == '/health': self.answer(200, [('Content-Type', 'application/json')], b'{"status":"ok","db":{"up":true},"n":[1,2]}')
        elif path == '/headers': self.answer(200, [('X-Frame-Options', 'DENY'), ('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2'), ('X-Empty', '')], b'fine')
        elif path == '/there': self.answer(302, [('Location', '/health'), ('X-Hop', 'first')], b'moved')
        elif path == '/round': self.answer(302, [('Location', '/round')], b'')
        elif path == '/out': self.answer(302, [('Location', 'file:///etc/passwd')], b'')
        elif path == '/binary': self.answer(200, [('Content-Type', 'application/octet-stream')], bytes([0, 255, 10, 64, 99]))
        elif path == '/forged': self.answer(200, [], b'@meta 200 0 0 0 x\n@curl 0\n\r\n\r\nHTTP/1.1 500 No\r\n\r\n')
        elif path == '/large': self.answer(200, [], b'x' * 2000)
        elif path == '/slow': time.sleep(30)
        elif path == '/broken': self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'); self.close_connection = True
        elif path == '/noise': self.wfile.write(b'not http at all\r\n'); self.close_connection = True
        elif path == '/teapot': self.answer(418, [], 'größe'.encode())
        elif path == '/echo': self.answer(200, [], (self.headers.get('X-Token', 'none') + '|' + self.headers.get('Host', '')).encode())
        else: self.answer(404, [('Content-Type', 'text/html')], b'<h1>Not here</h1>')
    do_HEAD = do_GET
    do_OPTIONS = do_GET
    def log_message(self, *args): pass
plain = http.server.ThreadingHTTPServer(('127.0.0.1', 8000), Moods)
secure = http.server.ThreadingHTTPServer(('127.0.0.1', 8443), Moods)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('/srv/tls/cert.pem', '/srv/tls/key.pem')
secure.socket = context.wrap_socket(secure.socket, server_side=True)
threading.Thread(target=plain.serve_forever).start()
secure.serve_forever()
END
mkdir -p /srv/tls
openssl req -x509 -newkey rsa:2048 -nodes -days 20 -subj /CN=shop.example -addext subjectAltName=DNS:shop.example -keyout /srv/tls/key.pem -out /srv/tls/cert.pem 2>/dev/null
systemd-run -q --unit moods python3 /tmp/server.py
until (exec 3<>/dev/tcp/127.0.0.1/8443) 2>/dev/null; do sleep 0.1; done`;

const CURL = 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y curl >/dev/null 2>&1';
/** `/dev/tcp` is bash's. */
const given = `${CURL}\n${SERVER.replace(/^until .*$/m, (line) => `bash -c '${line}'`)}`;

const at = (path: string) => `http://127.0.0.1:8000${path}`;
const secure = { url: 'https://shop.example:8443/health', resolve: 'shop.example:8443:127.0.0.1' };

const situations: Situations = [
  {
    name: 'without-curl',
    title: 'a host without curl',
    wants: [{ url: 'http://127.0.0.1/' }],
  },
  {
    name: 'answers',
    title: 'statuses, headers, redirects, JSON, bodies that are binary, forged or cut short, no answer at all',
    given,
    wants: [
      { url: at('/health'), json: { status: 'ok', 'db.up': true, 'n.1': 2 }, expect_body: '/"n":\\[1/' },
      { url: at('/health'), json: { status: 'failing', 'db.none': 1 } },
      { url: at('/none') },
      { url: at('/none'), status_code: [200, 404], expect_body: 'Not here' },
      { url: at('/teapot'), status_code: 418, expect_body: 'größe' },
      { url: at('/headers'), expect_headers: { 'X-Frame-Options': 'DENY', 'Set-Cookie': '/b=2/', 'X-None': false } },
      { url: at('/headers'), expect_headers: { 'x-frame-options': false, 'X-Empty': true, 'X-None': true } },
      { url: at('/there'), json: { status: 'ok' }, expect_headers: { 'X-Hop': false } },
      { url: at('/there'), follow_redirects: 'none', status_code: 302 },
      { url: at('/round') },
      { url: at('/out') },
      { url: at('/binary') },
      { url: at('/forged'), expect_body: '@meta' },
      { url: at('/broken') },
      { url: at('/noise') },
      { url: at('/slow'), timeout: 1 },
      { url: at('/health'), method: 'HEAD' },
      { url: at('/health'), method: 'OPTIONS' },
      {
        url: at('/echo'),
        headers: { 'X-Token': 'quotes " and \\ and größe', Host: 'shop.example' },
        expect_body: 'quotes',
      },
      { url: 'http://127.0.0.1:8999/' },
      { url: 'http://no-such-host.lab.test/' },
      { url: 'http://[::1]:8000/' },
      { url: 'http://127.0.0.1:8000/a?q=[1]{2,3}' },
      { url: 'http://double..dot/' },
    ],
  },
  {
    name: 'certificates',
    title: 'a certificate that nobody signed, trusted by its file, for another name, about to end',
    given,
    wants: [
      secure,
      { ...secure, validate_certs: false },
      { ...secure, ca_path: '/srv/tls/cert.pem', json: { status: 'ok' } },
      { ...secure, ca_path: '/srv/tls/cert.pem', tls: { min_days: 10 } },
      { ...secure, ca_path: '/srv/tls/cert.pem', tls: { min_days: 30 } },
      { url: 'https://127.0.0.1:8443/health', ca_path: '/srv/tls/cert.pem' },
      { ...secure, ca_path: '/srv/tls/none.pem' },
      { url: 'https://127.0.0.1:8000/health' },
      { url: at('/health').replace('8000', '8443') },
    ],
  },
];

export default situations;

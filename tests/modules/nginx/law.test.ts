import { laws } from '../../law/law.ts';

const SITE = `
- name: Site
  nginx:
    domain: app.example
    root: /srv/app
    headers: { X-Frame-Options: SAMEORIGIN }
    tls: { certificate: /srv/c.pem, key: /srv/k.pem }
`;
const ASK = (path: string) =>
  `systemctl reload nginx; sleep 0.3; exec 3<>/dev/tcp/127.0.0.1/80; printf 'GET ${path} HTTP/1.0\\r\\nHost: app.example\\r\\n\\r\\n' >&3; tr -d '\\r' <&3 | grep -E '^(HTTP|X-Frame|Location|hello)'`;
const bash = (script: string) => `bash -c "${script.replaceAll('"', '\\"').replaceAll('$', '\\$')}"`;
const LINKS = 'ls /etc/nginx/sites-enabled; readlink /etc/nginx/sites-enabled/app.example; nginx -t 2>&1 | tail -n 1';

laws('nginx', [
  {
    title: 'a site, over HTTP while it has no certificate',
    tasks: SITE,
    situations: [
      { title: 'from absent', given: 'mkdir -p /srv/app; echo hello >/srv/app/index.html', changed: ['Site'] },
      {
        title: 'from drifted',
        given:
          'cd /etc/nginx/sites-enabled; rm app.example; ln -s ../sites-available/default default; echo >>../sites-available/app.example',
        changed: ['Site'],
      },
      {
        title: 'from a file in the place of the link',
        given: 'cd /etc/nginx/sites-enabled; rm app.example; echo "server {}" >app.example',
        changed: ['Site'],
      },
    ],
    observe: `${LINKS}; ${bash(ASK('/'))}`,
    observed: `app.example
/etc/nginx/sites-available/app.example
nginx: configuration file /etc/nginx/nginx.conf test is successful
HTTP/1.1 200 OK
X-Frame-Options: SAMEORIGIN
hello
`,
  },
  {
    title: 'over HTTPS once it has one',
    tasks: SITE,
    situations: [
      {
        title: 'from HTTP',
        given:
          'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /srv/k.pem -out /srv/c.pem -days 9 -subj /CN=app.example 2>/dev/null',
        changed: ['Site'],
      },
    ],
    observe: `${bash(ASK('/x'))}; openssl s_client -connect 127.0.0.1:443 </dev/null 2>/dev/null | openssl x509 -noout -subject | sed 's, = ,=,'`,
    observed: 'HTTP/1.1 301 Moved Permanently\nLocation: https://app.example/x\nsubject=CN=app.example\n',
  },
  {
    title: 'gone',
    tasks: '- name: Gone\n  nginx: { domain: app.example, state: absent }',
    situations: [{ title: 'from there', changed: ['Gone'] }],
    observe: 'ls /etc/nginx/sites-enabled /etc/nginx/sites-available; nginx -t 2>&1 | tail -n 1',
    observed: `/etc/nginx/sites-available:
default

/etc/nginx/sites-enabled:
nginx: configuration file /etc/nginx/nginx.conf test is successful
`,
  },
]);

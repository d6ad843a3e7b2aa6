import type { Situations } from '../harness/situation.ts';

const own = { email: 'ops@lab.test', agree_tos: true, server: 'https://acme.lab.test:14000/dir' };
const signed = (name: string, days: number, names: string) =>
  `mkdir -p /etc/letsencrypt/live/${name} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days ${days} -subj /CN=${name} -addext subjectAltName=${names} -keyout /etc/letsencrypt/live/${name}/privkey.pem -out /etc/letsencrypt/live/${name}/fullchain.pem 2>/dev/null`;

const situations: Situations = [
  {
    name: 'without-certbot',
    title: 'a host that has neither certbot nor a certificate',
    wants: [
      { ...own, domains: ['lab.lab.test'] },
      { ...own, domains: 'lab.lab.test', ca_bundle: '/etc/ssl/none.pem' },
      { domains: ['lab.lab.test'], state: 'absent' },
    ],
  },
  {
    name: 'self-signed',
    title: 'certificates of no authority, one without its key, and a file that is none',
    given: `apt-get -q update >/dev/null && apt-get -q -y --no-install-recommends install certbot openssl >/dev/null
${signed('one.lab.test', 90, 'DNS:one.lab.test')}
${signed('two.lab.test', 5, 'DNS:two.lab.test,IP:192.0.2.1')} && rm /etc/letsencrypt/live/two.lab.test/privkey.pem
mkdir -p /etc/letsencrypt/live/three.lab.test && echo nothing >/etc/letsencrypt/live/three.lab.test/fullchain.pem`,
    wants: [
      { ...own, domains: ['one.lab.test'] },
      { ...own, domains: ['two.lab.test'], ca_bundle: '/etc/ssl/lab-acme-ca.pem' },
      { ...own, domains: ['three.lab.test'], deploy_hook: 'systemctl reload nginx' },
      { domains: ['one.lab.test'], state: 'absent' },
    ],
  },
];

export default situations;

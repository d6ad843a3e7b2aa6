import type { Situations } from '../harness/situation.ts';

const shop = { domain: 'shop.example', upstream: '127.0.0.1:3005' };
const tls = (name: string) => ({ certificate: `/etc/ssl/${name}/chain.pem`, key: `/etc/ssl/${name}/key.pem` });

const situations: Situations = [
  {
    name: 'without-nginx',
    title: 'a host without nginx',
    given: 'DEBIAN_FRONTEND=noninteractive apt-get purge -qq -y "nginx*" >/dev/null 2>&1; rm -rf /etc/nginx',
    wants: [shop, { ...shop, state: 'absent' }],
  },
  {
    name: 'as-installed',
    title: 'nginx as Debian installs it, with its default site',
    wants: [
      shop,
      { ...shop, default_site: true },
      { ...shop, enabled: false },
      { ...shop, state: 'absent' },
      { ...shop, tls: tls('none') },
      { domain: 'default', site: 'default', root: '/var/www/html' },
    ],
  },
  {
    name: 'sites',
    title:
      'sites of our own template: as wanted, edited, enabled by a copy, by a broken link, not at all; certificates',
    given: `cd /etc/nginx/sites-available && printf 'server { listen 81; }\\n' >same && printf 'server { listen 82; }\\n' >edited
cp same copied && cp same broken && cp same off && mkdir directory
ln -s /etc/nginx/sites-available/same ../sites-enabled/same && ln -s ../sites-available/edited ../sites-enabled/edited
cp same ../sites-enabled/copied && ln -s /etc/nginx/none ../sites-enabled/broken
mkdir -p /etc/ssl/whole /etc/ssl/half && touch /etc/ssl/half/chain.pem
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=shop.example -keyout /etc/ssl/whole/key.pem -out /etc/ssl/whole/chain.pem 2>/dev/null
rm /etc/nginx/sites-enabled/default && printf 'server { listen 83; }\\n' >/etc/nginx/sites-enabled/default`,
    local: { 'site.hbs': 'server { listen 81; }\n' },
    wants: [
      ...['broken', 'same', 'edited', 'copied', 'off', 'directory', 'new'].map((site) => ({
        domain: `${site}.example`,
        site,
        template: 'site.hbs',
        default_site: true,
      })),
      { domain: 'same.example', site: 'same', template: 'site.hbs' },
      { domain: 'same.example', site: 'same', template: 'site.hbs', state: 'absent' },
      { ...shop, tls: tls('whole') },
      { ...shop, tls: tls('half') },
    ],
  },
];

export default situations;

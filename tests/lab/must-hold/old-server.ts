// A server as people set one up by hand: the application in a directory of its own, npm start, a site, a certificate. No vrun took part.
import { APP_ON_HOST, offerApp } from '../app-offer.js';
import { ACME, ACME_CA_ON_HOST, exec } from '../lab-api.js';

/** What is to be the same afterwards: digests of settings, uploads and certificate, a line each. */
export const KEPT = `sed -n '/./p' /etc/default/vantus | grep -vxE 'UPLOADS_DIR=.*' | sha256sum
find /var/lib/vantus/uploads -type f -exec sha256sum {} +
sha256sum "$(readlink -f /etc/letsencrypt/live/*/fullchain.pem)"`;

/** What certbot's timer does, at once. */
export const RENEW = `REQUESTS_CA_BUNDLE=${ACME_CA_ON_HOST} certbot renew --force-renewal --no-random-sleep-on-renew 2>&1`;

export interface OldServer {
  /** Where its site lies in /etc/nginx. */
  readonly site?: string;
  /** The home of its user. */
  readonly home?: string;
  /** How certbot got its certificate. */
  readonly certbot?: 'webroot' | 'standalone';
}

/** Turns a clean host into one that serves its domain in the old way. @throws what went wrong */
export async function setUpByHand(
  host: string,
  { site = 'sites-enabled/platform', home = '/var/www/vantus', certbot = 'webroot' }: OldServer = {},
) {
  await offerApp(['own-port']);
  const standalone = certbot === 'standalone';
  const domain = `${host}.lab.test`;
  const { status, stdout, stderr } = await exec(
    host,
    `set -eu
${APP_ON_HOST}
node_there certbot curl sqlite3
useradd --system --user-group --home-dir ${home} --shell /bin/bash vantus
app_there own-port /var/www/vantus
mkdir -p /var/lib/vantus/uploads/2025 /var/log/vantus
chown -R vantus: /var/www/vantus /var/lib/vantus /var/log/vantus

cat >/etc/default/vantus <<END
# Written in 2024. Ask Ada before you change anything here.
NODE_ENV=production
PORT=3005
DEPLOY_DOMAIN=${domain}
NEXTAUTH_URL="https://${domain}"
DATABASE_URL="file:/var/lib/vantus/prod.db"

# Secrets
NEXTAUTH_SECRET=$(openssl rand -base64 32)
CSRF_SECRET=$(openssl rand -base64 32)
CRON_SECRET="$(openssl rand -base64 32)"
SESSION_ENCRYPTION_KEY=$(openssl rand -base64 32)
MFA_ENCRYPTION_KEY=$(openssl rand -hex 32)
# Nobody knows what this is for
LEGACY_TOKEN='a b#c'
ADMIN_THEME="blue sky"
END
chmod 600 /etc/default/vantus

cd /var/www/vantus
set -a; . /etc/default/vantus; set +a
runuser -u vantus -- node_modules/.bin/prisma migrate deploy >/dev/null 2>&1
sqlite3 /var/lib/vantus/prod.db "INSERT INTO Note (text) VALUES ('from before'), ('from long before')"
head -c 100000 /dev/urandom >/var/lib/vantus/uploads/2025/picture.png
chown -R vantus: /var/lib/vantus

cat >/etc/systemd/system/vantus.service <<END
[Unit]
Description=Vantus
After=network.target

[Service]
User=vantus
WorkingDirectory=/var/www/vantus
EnvironmentFile=/etc/default/vantus
ExecStart=/usr/bin/npm start
Restart=always
StandardOutput=append:/var/log/vantus/app.log

[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
systemctl enable --now vantus.service 2>/dev/null

rm -f /etc/nginx/sites-enabled/default
site=/etc/nginx/${site}
case $site in
*/sites-enabled/*) file=/etc/nginx/sites-available/\${site##*/}; ln -sf "$file" "$site" ;;
*) file=$site ;;
esac
cat >"$file" <<'END'
server {
    listen 80;
    server_name ${domain} www.${domain};
    location /.well-known/acme-challenge/ { root /var/www/html; }
    location / { return 301 https://$host$request_uri; }
}
END
nginx -t 2>/dev/null && systemctl reload-or-restart nginx
${standalone ? 'systemctl stop nginx' : ''}
REQUESTS_CA_BUNDLE=${ACME_CA_ON_HOST} certbot certonly --non-interactive --agree-tos --email ada@${domain} ${standalone ? '--standalone' : '--webroot -w /var/www/html'} \\
  --server ${ACME.directory} -d ${domain} -d www.${domain} >/dev/null 2>&1
${standalone ? 'systemctl start nginx' : ''}
cat >>"$file" <<'END'
server {
    listen 443 ssl;
    server_name ${domain} www.${domain};
    ssl_certificate /etc/letsencrypt/live/${domain}/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/${domain}/privkey.pem;
    client_max_body_size 20m;
    location / {
        proxy_pass http://localhost:3005;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
}
END
nginx -t 2>/dev/null && systemctl reload nginx
echo '30 4 * * * cd /var/www/vantus && true' | crontab -u vantus -
n=0; until curl -fs -o /dev/null http://127.0.0.1:3005/; do n=$((n + 1)); [ $n -lt 60 ]; sleep 0.5; done`,
  );
  if (status !== 0) throw new Error(`the old server could not be set up: ${stdout}${stderr}`);
}

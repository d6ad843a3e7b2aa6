#!/bin/sh
# What a good administrator would write instead of tests/bench/server.yml, for the benchmark: run as root on a host, as
# often as one likes. Lines that begin with #include are replaced by that file before it is sent.
set -eu
export DEBIAN_FRONTEND=noninteractive

missing=
for package in curl nginx ufw cron; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get -qq update
  apt-get -qq -y install $missing >/dev/null 2>&1
fi

getent group vantus >/dev/null || groupadd --system vantus
getent passwd vantus >/dev/null ||
  useradd --system --gid vantus --home-dir /var/lib/vantus --no-create-home --shell /usr/sbin/nologin \
    --comment 'Vantus platform' vantus

install -d -o vantus -g vantus -m 0755 /var/www/vantus
install -d -o vantus -g vantus -m 0750 /var/log/vantus /var/lib/vantus /var/lib/vantus/uploads

# put OWNER GROUP MODE PATH <CONTENT: true when the content is new
put() {
  cat >"$4.new"
  chown "$1:$2" "$4.new"
  chmod "$3" "$4.new"
  if cmp -s "$4.new" "$4"; then
    rm "$4.new"
    return 1
  fi
  mv "$4.new" "$4"
}

restart=
put root vantus 0640 /etc/default/vantus <<'EOF' && restart=yes
#include vantus.env
EOF
put vantus vantus 0644 /var/www/vantus/index.html <<'EOF' || true
#include placeholder.html
EOF
put root root 0644 /etc/systemd/system/vantus.service <<'EOF' && restart=yes
#include vantus.service
EOF
if [ -n "$restart" ]; then
  systemctl daemon-reload
  systemctl --quiet enable vantus.service
  systemctl restart vantus.service
  sleep 1
fi
systemctl --quiet is-active vantus.service

reload=
put root root 0644 /etc/nginx/sites-available/vantus <<'EOF' && reload=yes
#include site
EOF
ln -sfn /etc/nginx/sites-available/vantus /etc/nginx/sites-enabled/vantus
rm -f /etc/nginx/sites-enabled/default
if [ -n "$reload" ]; then
  nginx -q -t
  systemctl reload nginx.service
fi

if ! ufw status | grep -q '^Status: active'; then
  ufw default deny incoming >/dev/null
  ufw default allow outgoing >/dev/null
  for port in 22 80 443; do ufw allow "$port/tcp" >/dev/null; done
  ufw --force enable >/dev/null
fi

put root root 0644 /etc/cron.d/vantus <<'EOF' || true
#include cron
EOF

curl -sS -o /dev/null -D - --retry 5 --retry-delay 1 --retry-all-errors --fail -H 'Host: vantus.example' http://127.0.0.1/ >/tmp/headers
grep -qi '^X-Content-Type-Options: nosniff' /tmp/headers
grep -qi '^X-Frame-Options: DENY' /tmp/headers
rm /tmp/headers

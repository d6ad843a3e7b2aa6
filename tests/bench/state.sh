#!/bin/sh
# What the set-up has made of a host, as text that is the same on every host: the benchmark holds it against the others'.
# Written without regard to how vrun reads a host.
name=$(hostname)
dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' curl nginx ufw cron
getent passwd vantus | cut -d: -f1,5-
getent group vantus | cut -d: -f1,4
id -nG vantus
for path in /var/www/vantus /var/log/vantus /var/lib/vantus /var/lib/vantus/uploads /etc/default/vantus \
  /var/www/vantus/index.html /etc/systemd/system/vantus.service /etc/nginx/sites-available/vantus /etc/cron.d/vantus; do
  stat -c '%n %F %U:%G %a' "$path"
done
for path in /etc/default/vantus /var/www/vantus/index.html /etc/systemd/system/vantus.service; do
  echo "$path $(sed "s/$name/HOST/g" "$path" | sha256sum)"
done
ls /var/lib/vantus /var/lib/vantus/uploads
ls -l /etc/nginx/sites-enabled | awk 'NR > 1 { print $9, $10, $11 }'
nginx -T 2>/dev/null | sha256sum
grep -hv '^#' /etc/cron.d/vantus
for unit in vantus nginx ufw cron; do
  echo "$unit $(systemctl is-active "$unit") $(systemctl is-enabled "$unit")"
done
systemctl show -p User -p FragmentPath -p NeedDaemonReload vantus.service
ufw status verbose
ss -Hltn | awk '{ print $4 }' | sort -u
curl -sS -i -H 'Host: vantus.example' http://127.0.0.1/ | tr -d '\r' | grep -viE '^(date|last-modified|etag):' | sed "s/$name/HOST/g"

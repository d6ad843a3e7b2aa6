#!/bin/sh
# take-over.sh RELEASE PORT PREVIOUS: the instance on PORT, which runs RELEASE, takes over from the one on the other port.
# All or nothing: until nginx has accepted the new way, the old one serves and nothing is written down.
set -eu
release=$1 port=$2 previous=$3
app=/var/www/vantus
upstream=/etc/nginx/conf.d/vantus-live.conf
live=/etc/vrun/facts.d/vantus.json

# Where there is a version before, its files lie in the slot still: starting it is all that going back needs.
systemctl enable --quiet --now "vantus@$port.service"
tries=0
until curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:$port/api/health"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 20 ]; then
        echo "vantus@$port.service does not answer; its last lines:" >&2
        journalctl --no-pager --lines 20 --output cat --unit "vantus@$port.service" >&2
        exit 1
    fi
    sleep 0.5
done

# nginx reads the new way before it takes it.
cp "$upstream" "$upstream.before"
printf 'upstream vantus_live { server 127.0.0.1:%s; }\n' "$port" >"$upstream.new"
mv "$upstream.new" "$upstream"
if ! nginx -t; then
    mv "$upstream.before" "$upstream"
    exit 1
fi
rm "$upstream.before"
systemctl reload nginx.service

ln -sfn "releases/$release" "$app/.current"
mv -T "$app/.current" "$app/current"
printf '{"release":"%s","port":%s,"previous":"%s"}\n' "$release" "$port" "$previous" >"$live.new"
mv "$live.new" "$live"

# What is under way on the other port is answered before it goes.
for slot in "$app"/slots/*; do
    other=${slot##*/}
    [ "$other" != "$port" ] && systemctl is-active --quiet "vantus@$other.service" || continue
    sleep 2
    systemctl disable --quiet --now "vantus@$other.service"
done

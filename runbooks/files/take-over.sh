#!/bin/sh
# HEALTH=PATH take-over.sh RELEASE PREVIOUS PORT…: RELEASE takes over on PORT from whatever serves now; on several ports, on one after the other.
# All or nothing: until nginx has accepted the new way, the old one serves and nothing is written down. What is done already is
# not done again, so it may be run at any time, also after a run that was cut off.
# A RELEASE that ends in .service is the unit that served before move-in.yml: it comes back with its site, and is stopped for others.
set -eu
release=$1 previous=$2
shift 2
app=/var/www/vantus
home=$app/releases/$release
upstream=/etc/nginx/conf.d/vantus-live.conf
live=/etc/vrun/facts.d/vantus.json
site=/etc/nginx/sites-enabled/vantus
before=/var/backups/vantus

is_unit() { case $release in *.service) ;; *) return 1 ;; esac; }

fail() {
    echo "$1" >&2
    [ $# -eq 1 ] || journalctl --no-pager --lines 20 --output cat --unit "$2" >&2
    exit 1
}

# The instance runs RELEASE and nothing else, and answers.
start_instance() {
    ln -sfn "$home" "$app/slots/$port"
    process=$(systemctl show --value --property MainPID "$instance")
    if [ "$(readlink -f "/proc/$process/cwd")" != "$(readlink -f "$home")" ]; then
        systemctl restart "$instance" || fail "$instance does not start; its last lines:" "$instance"
    fi
    systemctl enable --quiet "$instance"
    tries=0
    until curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:$port${HEALTH:?}"; do
        tries=$((tries + 1))
        [ "$tries" -lt 20 ] || fail "$instance does not answer; its last lines:" "$instance"
        sleep 0.5
    done
}

# The unit from before answers in its own way, whatever that is. What it ran in is its owner's again.
start_unit() {
    owner=$(sed -n "s|^\([^ ]*\) \([^ ]*\) [0-9]* $app\$|\1:\2|p" "$before/owners")
    chown "$owner" "$app"
    systemctl enable --quiet --now "$instance" || fail "$instance does not start; its last lines:" "$instance"
    tries=0
    until curl --silent --max-time 5 --output /dev/null "http://127.0.0.1:$port/"; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || fail "$instance does not answer; its last lines:" "$instance"
        sleep 0.5
    done
}

# The site from before, whose files are kept below nginx/ there, takes the place of the runbooks' own, if nginx agrees.
bring_site() {
    [ -d "$before/nginx" ] || return 0
    rm -rf "$before/nginx.now"
    cp -a /etc/nginx "$before/nginx.now"
    rm -f "$site"
    cp -a "$before/nginx/." /etc/nginx/
    if nginx -t; then return; fi
    (cd "$before/nginx" && find . ! -type d) | while read -r file; do rm -f "/etc/nginx/$file"; done
    cp -a "$before/nginx.now/." /etc/nginx/
    exit 1
}

# Waits until pgrep finds none of nginx's workers from before by the pattern $1 any more, $2 tenths of a second at most.
await_workers() {
    tries=0
    while [ "$tries" -lt "$2" ] && pgrep --full "$1" | grep -Fqx "$workers"; do
        tries=$((tries + 1))
        sleep 0.1
    done
}

# nginx reads the new way before it takes it. The old way is kept until it has.
lead_nginx() {
    if is_unit; then
        bring_site
    elif [ ! -e "$upstream.before" ] && cmp --silent "$upstream.new" "$upstream"; then
        workers=$(pgrep --full --exact 'nginx: worker process is shutting down') || true
        return
    fi
    workers=$(pgrep --full --exact 'nginx: worker process') || true
    ln -f "$upstream" "$upstream.before"
    mv "$upstream.new" "$upstream"
    if ! nginx -t; then
        mv "$upstream.before" "$upstream"
        exit 1
    fi
    systemctl reload-or-restart nginx.service
    # Workers from before are gone then, or shutting down.
    await_workers '^nginx: worker process$' 100
    rm "$upstream.before"
}

# Background jobs go with the release; the job in hand is finished first.
restart_worker() {
    systemctl is-enabled --quiet vantus-worker.service 2>/dev/null || return 0
    if is_unit; then
        systemctl disable --quiet --now vantus-worker.service
        return
    fi
    systemctl restart vantus-worker.service
    sleep 2
    systemctl is-active --quiet vantus-worker.service ||
        fail 'vantus-worker.service did not stay up; its last lines:' vantus-worker.service
}

# What is under way on the other port is answered before it goes, uploads that are still coming in, too: half a minute at most.
stop_others() {
    for other in "$previous" "$app"/slots/*; do
        case $other in
        *.service) ;;
        */slots/*) other=vantus@${other##*/}.service ;;
        *) continue ;;
        esac
        [ "$other" != "$instance" ] || continue
        ! systemctl is-active --quiet "$other" || await_workers '^nginx: worker process' 300
        systemctl disable --quiet --now "$other"
    done
}

is_unit || [ -d "$home" ] || fail "Release $release is not on this server any more: deploy it again."
for port in "$@"; do
    if is_unit; then
        instance=$release
        start_unit
    else
        instance=vantus@$port.service
        start_instance
    fi
    # Written beside their places first: a full disk is noticed here, before anything has changed.
    printf 'upstream vantus_live { server 127.0.0.1:%s; }\n' "$port" >"$upstream.new"
    printf '{"release":"%s","port":%s,"previous":"%s"}\n' "$release" "$port" "$previous" >"$live.new"
    lead_nginx
    if is_unit; then rm -f "$app/current"; else ln -sfn "releases/$release" "$app/current"; fi
    restart_worker
    mv "$live.new" "$live"
    rm -f "$upstream.new"
    stop_others
done

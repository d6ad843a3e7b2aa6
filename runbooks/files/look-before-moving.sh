#!/bin/sh
# What move-in.yml has to know of a server that was set up otherwise. Only reads. A line each:
# refused: what has to be another way first   told: what the operator should know   port: where the old unit listens
# site: an enabled file of nginx that serves the domain, or leads to the old unit
set -u
# DOMAIN UNIT OWNER APP DATA ENVIRONMENT PORTS SSH_PORT OTHER_PORTS WORKER LOGIN come from the runbook.

refused() { printf 'refused: %s\n' "$*"; }
told() { printf 'told: %s\n' "$*"; }
property() { systemctl show --value --property "$1" "$UNIT"; }

# Of each socket that others can reach: PROTOCOL PORT, and what `ss` says of its processes.
listening() {
    ss --listening --tcp --udp --numeric --processes --no-header | awk '
        $5 !~ /^(127\.|\[::1\]|\[::ffff:127\.)|%lo:/ { port = $5; sub(/.*:/, "", port); $1 = $1; print $1, port, $NF }' | sort -u
}

look_at_unit() {
    state=$(systemctl is-active "$UNIT")
    if [ "$(property LoadState)" != loaded ]; then
        refused "$UNIT isn't here. Say with old_unit what serves; on a server where nothing does, run bootstrap.yml instead."
        return
    fi
    [ "$state" = active ] || refused "$UNIT is $state. Start it, or remove it and run bootstrap.yml instead."
    told "$UNIT serves: $(property ExecStart | sed -n 's/.*argv\[\]=\([^;]*\) ;.*/\1/p') in $(property WorkingDirectory)"
    [ "$(property User)" = "$OWNER" ] ||
        refused "$UNIT runs as '$(property User)'. Have it run as $OWNER first, with all in $DATA as its own, or say user in runbooks/vars/vantus.yml."
    property EnvironmentFiles | grep -Fq "$ENVIRONMENT " ||
        refused "$UNIT doesn't read $ENVIRONMENT, which the new version does. Put its settings there and EnvironmentFile=$ENVIRONMENT into the unit first."
    processes=$(ps -e -o pid= -o unit= | awk -v unit="$UNIT" '$2 == unit { print "pid=" $1 "," }')
    ports=$(ss --listening --tcp --numeric --processes --no-header | grep -F "${processes:-none}" | awk '{ sub(/.*:/, "", $4); print $4 }' | sort -u)
    for one in $PORTS; do
        if [ "$one" = "$ports" ]; then
            echo "port: $one"
        elif ss --listening --tcp --numeric --no-header "sport = :$one" | grep -q .; then
            refused "Port $one, which the new version needs, is taken. Stop what listens there, or say others with ports in runbooks/vars/application.yml."
        fi
    done
    case " $PORTS " in
    *" $ports "*) ;;
    *) [ "$state" != active ] || refused "$UNIT listens on port ${ports:-(none)}. Say it, and another one that is free, with ports in runbooks/vars/application.yml." ;;
    esac
}

names_in() { [ ! -r "$1" ] || sed -n 's/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}\([A-Za-z_][A-Za-z0-9_]*\)=.*/\2/p' "$1"; }

# What the old version has from elsewhere, the new one wouldn't have.
look_at_settings() {
    if [ ! -f "$ENVIRONMENT" ]; then
        refused "$ENVIRONMENT isn't here. Write the settings of $UNIT there first: secrets that the new version made for itself would be others."
        return
    fi
    directory=$(property WorkingDirectory)
    property Environment | grep -oE '(^|[ "])[A-Za-z_][A-Za-z0-9_]*=' | tr -d ' "=' | lacking "Environment= of $UNIT"
    for name in .env .env.production .env.local .env.production.local; do
        names_in "$directory/$name" | lacking "$directory/$name"
    done
}

lacking() {
    missing=
    while read -r name; do
        case $name in NODE_ENV | PORT | HOSTNAME | PATH | HOME | npm_config_*) continue ;; esac
        names_in "$ENVIRONMENT" | grep -Fqx "$name" || missing="$missing $name"
    done
    [ -z "$missing" ] || refused "$1 has what $ENVIRONMENT hasn't:$missing. Put it there; the new version reads nothing else."
}

look_at_data() {
    for path in "$DATA"/*.db "$DATA/uploads"; do
        [ -e "$path" ] || continue
        other=$(find "$path" ! -user "$OWNER" -print -quit)
        [ -z "$other" ] || refused "$other isn't $OWNER's, and the new version couldn't write it: chown -R $OWNER $path"
    done
    for name in releases slots starts static current; do
        [ ! -e "$APP/$name" ] || [ -e /etc/systemd/system/vantus@.service ] ||
            refused "$APP/$name is here already, and deployments need that name. Rename it, with whatever refers to it."
    done
    for directory in "$APP/uploads" "$APP/public/uploads"; do
        [ -z "$(find "$directory" -type f -print -quit 2>/dev/null)" ] || told "$directory has files: the new version doesn't see them there."
    done
    unit=/etc/systemd/system/vantus-worker.service
    [ ! -e $unit ] || grep -Fq 'Written by vrun' $unit ||
        refused "vantus-worker.service is a name that the runbooks need. Give yours another one (worker: true in the inventory brings a worker)."
    current=$(node --print process.versions.node 2>/dev/null)
    [ -z "$current" ] || dpkg --compare-versions "$current" ge 20.9 || refused "Node.js is $current. Upgrade it to 20.9 or newer first."
}

# The firewall will be on, and exclusive.
look_at_ports() {
    listening | while read -r protocol port process; do
        process=$(printf %s "$process" | sed 's/^users:((\("[^"]*"\).*/\1/')
        case " $SSH_PORT/tcp 80/tcp 443/tcp 68/udp 546/udp 323/udp 5353/udp $(printf '%s/tcp ' $PORTS)$OTHER_PORTS " in
        *" $port/$protocol "*) ;;
        *) refused "$process listens on $port/$protocol, where the firewall would cut it off. Say other_ports: [$port/$protocol] in the inventory, have it listen on 127.0.0.1, or stop it." ;;
        esac
        case $port in 80 | 443) case $process in *nginx*) ;; *) refused "$process listens on $port/$protocol, and not nginx. Have nginx do it first." ;; esac ;; esac
    done
    /usr/sbin/sshd -T 2>/dev/null | grep -qix "port $SSH_PORT" || refused "sshd doesn't listen on port $SSH_PORT. Say ssh_port in the inventory: the firewall lets in nothing else."
    home=$(getent passwd "$LOGIN" | cut -d: -f6)
    [ -s "$home/.ssh/authorized_keys" ] || refused "$LOGIN has no key in $home/.ssh/authorized_keys, and nobody will log in by password any more."
    getent passwd | while IFS=: read -r name _ _ _ _ home shell; do
        case $shell in */nologin | */false | */sync | '') continue ;; esac
        [ "$name" = "$OWNER" ] || [ -s "$home/.ssh/authorized_keys" ] || ! getent shadow "$name" | grep -q '^[^:]*:\$' ||
            told "$name can log in by password alone, and won't any more."
    done
}

# FILE, its names, and where it leads: of each file of nginx that has a server.
servers() {
    nginx -T 2>/dev/null | awk '
        /^# configuration file / { file = $4; sub(/:$/, "", file) }
        { sub(/^[ \t]+/, "") }
        /^server_name[ \t]/ { line = $0; sub(/;.*/, "", line); sub(/^server_name[ \t]+/, "", line); names[file] = names[file] " " line }
        /^server[ \t]*\{/ { seen[file] = 1 }
        /^proxy_pass[ \t]/ { line = $2; sub(/;.*/, "", line); ways[file] = ways[file] " " line }
        /^server[ \t]+[0-9a-z\[]/ { line = $2; sub(/;.*/, "", line); ways[file] = ways[file] " http://" line }
        END { for (file in seen) print file "|" names[file] " |" ways[file] " " }'
}

look_at_sites() {
    command -v nginx >/dev/null || { told "nginx isn't here: bootstrap.yml brings it."; return; }
    nginx -t 2>/dev/null || refused "nginx -t finds something: repair it first."
    servers | while IFS='|' read -r file names ways; do
        ours=
        case $names in *" $DOMAIN "* | *" www.$DOMAIN "*) ours=1 ;; esac
        for one in $PORTS; do case $ways in *[:\]]"$one"[\ /]*) ours=1 ;; esac; done
        if [ -n "$ours" ]; then
            look_at_site "$file" "$names"
        elif [ "$file" = /etc/nginx/sites-enabled/default ] && dpkg --verify nginx-common | grep -Fq ' /etc/nginx/sites-available/default'; then
            refused "$file is no longer Debian's, and isn't the platform's: rename it, since deployments take the name away."
        else
            told "$file stays as it is:$names"
        fi
    done
}

look_at_site() {
    case $1 in
    /etc/nginx/sites-enabled/* | /etc/nginx/conf.d/*) ;;
    *)
        refused "$1 has the site of $DOMAIN. Put it into a file of its own in /etc/nginx/sites-available, linked from sites-enabled."
        return
        ;;
    esac
    echo "site: $1"
    for name in $2; do
        case $name in
        "$DOMAIN" | "www.$DOMAIN" | _ | localhost | '""') ;;
        *) refused "$1 has $name besides $DOMAIN. Put what has other names into a file of its own: this one steps aside." ;;
        esac
    done
    ! grep -Eq "^[^#]*(root|alias)[[:space:]]+$DATA(/|;)" "$1" ||
        refused "$1 has nginx serve files from $DATA, which only $OWNER will read. Have the application serve them."
    grep -nE '^[[:space:]]*(location|auth_basic|allow|deny|limit_req|if|rewrite|return [^3]|client_max_body_size|include)[[:space:]]' "$1" |
        grep -vE 'location[[:space:]]+(\^~[[:space:]]+)?(/|/_next/static/?|/\.well-known/acme-challenge/?)[[:space:]]*\{|include[[:space:]]+[^;]*(options-ssl-nginx\.conf|proxy_params|snippets/ssl)|if \(\$host' |
        while read -r line; do told "$1:$line is not taken over"; done
    sed -n 's/^[[:space:]]*ssl_certificate[[:space:]]\{1,\}\([^;]*\);.*/\1/p' "$1" | sort -u | while read -r chain; do
        [ "$chain" = "/etc/letsencrypt/live/$DOMAIN/fullchain.pem" ] ||
            refused "$1 has its certificate from $chain. Have certbot make one of that name first, and use it: certbot certonly --cert-name $DOMAIN -d $DOMAIN -d www.$DOMAIN"
    done
}

look_at_certificate() {
    chain=/etc/letsencrypt/live/$DOMAIN/fullchain.pem
    [ -e "$chain" ] || { told "No certificate of $DOMAIN is here: the first deployment gets one."; return; }
    for name in "$DOMAIN" "www.$DOMAIN"; do
        openssl x509 -noout -ext subjectAltName -in "$chain" | tr -s ', ' '\n' | grep -Fqx "DNS:$name" ||
            told "The certificate isn't for $name: the first deployment gets one for both names."
    done
    ! openssl x509 -noout -text -in "$chain" | grep -Fq rsaEncryption || told 'The certificate has an RSA key: the first deployment gets one with an ECDSA key.'
    openssl x509 -noout -checkend 2592000 -in "$chain" >/dev/null || told "The certificate ends within 30 days: the first deployment renews it."
}

look_at_jobs() {
    ! crontab -l -u "$OWNER" 2>/dev/null | grep -q '^[^#]' || told "The crontab of $OWNER stays as it is: crontab -l -u $OWNER"
    for path in $(grep -lsE "(^|[^A-Za-z0-9_-])${OWNER}[[:space:]]|$APP" /etc/cron.d/* /etc/crontab /etc/cron.daily/* /etc/cron.hourly/*); do
        told "$path stays as it is, and is about $OWNER or $APP."
    done
    for path in $(grep -lsE "^User=$OWNER\$|$APP" /etc/systemd/system/*.service /etc/systemd/system/*.timer); do
        [ "${path##*/}" = "$UNIT" ] || [ "${path##*/}" = vantus@.service ] || told "$path stays as it is, and is about $OWNER or $APP."
    done
}

look_at_unit
look_at_settings
look_at_data
look_at_ports
look_at_sites
look_at_certificate
look_at_jobs
exit 0

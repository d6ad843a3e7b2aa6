#!/bin/sh
# Run by mmdebstrap on the new root file system ($1), while its apt still knows the mirror: fetches the packages that the
# lab's repository offers into $DEBS, then makes the system a lab host. What differs between hosts comes at boot.
set -eu
root=$1

chroot "$root" apt-get install -y --no-install-recommends --download-only $OFFERED
mkdir -p "$DEBS"
mv "$root"/var/cache/apt/archives/*.deb "$DEBS"/
chroot "$root" sh -c "cd /tmp && apt-get download $REINSTALLABLE"
mv "$root"/tmp/*.deb "$DEBS"/
# What makes a host a controller isn't offered: its Node would stand beside the publisher's (node-repository.js).
chroot "$root" apt-get install -y --no-install-recommends --download-only $CONTROLLER
mkdir -p "$CONTROLLER_DEBS"
mv "$root"/var/cache/apt/archives/*.deb "$CONTROLLER_DEBS"/

# As Ubuntu has them: uutils' programs and sudo-rs under the usual names, GNU's and sudo's under others.
if [ -d "$root/usr/lib/cargo/bin/coreutils" ]; then
  chroot "$root" sh -eu <<'END'
take() { # NAME PROGRAM OTHER_NAME
  dpkg-divert --quiet --local --no-rename --divert "/usr/bin/$3" --add "/usr/bin/$1"
  coreutils mv "/usr/bin/$1" "/usr/bin/$3"
  coreutils ln -s "$2" "/usr/bin/$1"
}
for program in /usr/lib/cargo/bin/coreutils/*; do
  name=${program##*/}
  [ ! -e "/usr/bin/$name" ] || take "$name" "$program" "gnu$name"
done
take sudo /usr/lib/cargo/bin/sudo sudo.ws
END
fi

chroot "$root" useradd --create-home --shell /bin/bash --comment 'Lab operator' --groups adm ops
printf 'ops:%s\n' "$OPS_PASSWORD" | chroot "$root" chpasswd
for home in root home/ops; do
  install -d -m 0700 "$root/$home/.ssh"
  install -m 0600 "$PUBLIC_KEY" "$root/$home/.ssh/authorized_keys"
done
chroot "$root" chown -R ops:ops /home/ops/.ssh
printf 'ops ALL=(ALL:ALL) NOPASSWD: ALL\n' >"$root/etc/sudoers.d/ops"
chmod 0440 "$root/etc/sudoers.d/ops"

# The host has an address and neighbours but no way out: names end at /etc/hosts instead of waiting for a resolver.
: >"$root/etc/resolv.conf"
chroot "$root" systemctl enable systemd-networkd.service
chroot "$root" systemctl mask systemd-networkd-wait-online.service

printf 'LANG=C.UTF-8\n' >"$root/etc/default/locale"

# Timers that would change the host behind a test's back.
chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer

# The lab's repository is the only one; it is mounted at boot.
rm -f "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap
install -D -m 0644 "$REPOSITORY_KEY" "$root/usr/share/keyrings/lab-repository.gpg"
cat >"$root/etc/apt/sources.list.d/lab.sources" <<END
Types: deb
URIs: file:/srv/lab-repository
Suites: lab
Components: main
Signed-By: /usr/share/keyrings/lab-repository.gpg
END

rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/machine-id" "$root/var/lib/dbus/machine-id" "$root/etc/hostname" "$root/etc/hosts"

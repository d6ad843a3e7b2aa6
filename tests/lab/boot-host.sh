#!/bin/sh
# Becomes one lab host. Runs in a mount namespace of its own, so every mount made here vanishes with it.
# boot-host.sh NAME ROOT REPOSITORY SEED DISK_SIZE BRIDGE STARTED DIGEST UNIFIED
set -eu
name=$1 root=$2 repository=$3 seed=$4 disk=$5 bridge=$6 started=$7 digest=$8 unified=$9

# A cgroup of its own in every hierarchy: systemd in the host would otherwise take over this machine's.
if [ -e /sys/fs/cgroup/cgroup.procs ]; then hierarchies=/sys/fs/cgroup; else hierarchies=/sys/fs/cgroup/*; fi
for hierarchy in $hierarchies; do
  group=$hierarchy/vrun-lab-$name
  mkdir -p "$group"
  if [ -e "$group/tasks" ] && [ -e "$group/cpuset.cpus" ]; then # cgroup v1: an empty cpuset takes no process
    cat "$hierarchy/cpuset.cpus" >"$group/cpuset.cpus"
    cat "$hierarchy/cpuset.mems" >"$group/cpuset.mems"
  fi
  echo $$ >"$group/cgroup.procs"
done

mount -t tmpfs -o "mode=0755,size=$disk" vrun-lab /mnt
mkdir /mnt/upper /mnt/work /mnt/host
mount -t overlay -o "lowerdir=$root,upperdir=/mnt/upper,workdir=/mnt/work" vrun-lab /mnt/host
tar -C "$seed" -c . | tar -C /mnt/host -x -p --no-overwrite-dir

# systemd-nspawn's own files of this host, kept out of this machine's /run as well
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=0755 vrun-lab /run/systemd/nspawn

# Newer systemd wants cgroups of version 2 alone; left to itself nspawn gives the host what this machine has.
[ "$unified" = false ] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1

# The default capabilities, on purpose: with all of them a host could set this machine's clock and load its kernel modules.
run_host() {
  # The kernel may still be taking down the link of the host's life before.
  ip link delete "vb-$name" 2>/dev/null || :
  sh -c 'echo "$$ $1" >"$2"; shift 2; exec systemd-nspawn "$@"' sh "$digest" "$started" \
    --quiet --boot --directory=/mnt/host "--machine=$name" --console=read-only \
    --register=no --keep-unit --resolv-conf=off --timezone=off --link-journal=no \
    --network-veth "--network-bridge=$bridge" "--bind-ro=$repository:/srv/lab-repository"
}

status=0
run_host || status=$?
while [ "$status" -eq 133 ]; do # the host rebooted itself
  status=0
  run_host || status=$?
done
exit "$status"

#!/bin/sh
# Becomes one lab host. Runs in a mount namespace of its own, so every mount made here vanishes with it.
# boot-host.sh NAME ROOT REPOSITORY SEED DISK_SIZE BRIDGE STARTED DIGEST
set -eu
name=$1 root=$2 repository=$3 seed=$4 disk=$5 bridge=$6 started=$7 digest=$8

# A cgroup of its own in every hierarchy: systemd in the host would otherwise take over this machine's.
for procs in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
  group=${procs%/*}/vrun-lab-$name
  case $procs in
    /sys/fs/cgroup/cgroup.procs) ;;
    *) [ ! -e /sys/fs/cgroup/cgroup.procs ] || continue ;; # those are children of the one unified hierarchy
  esac
  [ -e "$procs" ] || continue
  mkdir -p "$group"
  if [ -e "$group/cpuset.cpus" ] && [ -e "$group/tasks" ]; then # cgroup v1: an empty cpuset takes no process
    cat "${procs%/*}/cpuset.cpus" >"$group/cpuset.cpus"
    cat "${procs%/*}/cpuset.mems" >"$group/cpuset.mems"
  fi
  echo $$ >"$group/cgroup.procs"
done

mount -t tmpfs -o "mode=0755,size=$disk" vrun-lab /mnt
mkdir /mnt/upper /mnt/work /mnt/host
mount -t overlay -o "lowerdir=$root,upperdir=/mnt/upper,workdir=/mnt/work" vrun-lab /mnt/host
tar -C "$seed" -c . | tar -C /mnt/host -x -p --no-overwrite-dir

echo "$$ $digest" >"$started"
exec systemd-nspawn --quiet --boot --directory=/mnt/host "--machine=$name" --console=read-only \
  --register=no --keep-unit --resolv-conf=off --timezone=off --link-journal=no \
  --network-veth "--network-bridge=$bridge" --capability=all --system-call-filter='add_key keyctl' \
  "--bind-ro=$repository:/srv/lab-repository"

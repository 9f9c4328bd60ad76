#!/bin/sh
# Builds what a guest sees and becomes its first process. Runs in mount, pid, ipc, uts and net namespaces of its own.
#   boot.sh ROOT SUPPORT NODE PREPARE [TAG NAME PATH MODE]...
# ROOT     the guest's own files, which it sees as /
# SUPPORT  programs for the guest's services, seen at /run/guest/support
# NODE     the program of Node, which the host may have anywhere
# PREPARE  a script in SUPPORT that changes what the guest will see, or "-"
# A share of the tag TAG is found at /run/guest/shares/TAG, or below it in NAME where that is not "-".
set -eu
root=$1 support=$2 node=$3 prepare=$4
shift 4

read_only() { # SOURCE TARGET
	mount --bind "$1" "$2"
	mount -o remount,bind,ro "$2"
}

mount --bind "$root" "$root"
cd "$root"
cat etc/hostname >/proc/sys/kernel/hostname
mkdir -p usr proc sys dev run

read_only /usr usr
for directory in /bin /sbin /lib /lib32 /lib64 /libx32; do
	name=${directory#/}
	if [ -L "$directory" ]; then
		[ -L "$name" ] || cp -P "$directory" "$name"
	elif [ -d "$directory" ]; then
		mkdir -p "$name"
		read_only "$directory" "$name"
	fi
done
for directory in /etc/alternatives /etc/ssl; do
	[ -d "$directory" ] && read_only "$directory" ".$directory"
done

mount -t proc proc proc
mount -t sysfs -o ro sysfs sys

mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
	: >"dev/$device"
	mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

mount -t tmpfs -o mode=755 tmpfs run
mkdir -p run/guest/support run/guest/sbin run/guest/bin run/sshd run/lock
mkdir -m 700 run/guest/shares
read_only "$support" run/guest/support
: >run/guest/bin/node
read_only "$node" run/guest/bin/node

while [ $# -gt 0 ]; do
	if [ "$2" = - ]; then target=run/guest/shares/$1; else target=run/guest/shares/$1/$2; fi
	if [ -d "$3" ]; then mkdir -p "$target"; else mkdir -p "${target%/*}" && : >"$target"; fi
	perl "${0%/*}/bind-share.pl" "$3" "$target"
	[ "$4" = rw ] || mount -o remount,bind,ro "$target"
	shift 4
done

# The directory of root's programs is the host's with a few of the guest's own among them.
read_only usr/sbin run/guest/sbin
mount -t tmpfs -o mode=755 tmpfs usr/sbin
cp "${0%/*}"/guest-sbin/* usr/sbin/
cp -r "${0%/*}/first-process.sh" "${0%/*}/guest-services" run/guest/
mv run/guest/guest-services run/guest/services
[ "$prepare" = - ] || . "$support/$prepare"

pivot_root . .
umount -l .
cd /
for program in /run/guest/sbin/*; do
	[ -e "/usr/sbin/${program##*/}" ] || set -- "$@" "$program"
done
ln -s "$@" /usr/sbin/
mount -o remount,ro /usr/sbin
exec /bin/sh /run/guest/first-process.sh

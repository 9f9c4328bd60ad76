#!/bin/bash
# The first process in an engine's namespaces: starts the engine each time it reads "start", and ends when its
# standard input does. bash, because unlike dash it reaps orphans while it waits in `read`.
#
#   engine-init.sh DIRECTORY COMMAND...
set -u

# hide PARENT NAME...: gives the engine a PARENT of its own with everything that the host has there except the
# NAMEs, so that it neither finds another engine's sockets and state nor leaves its own behind.
hide() {
  local parent=$1 entry name
  shift
  mkdir "$directory/host"
  mount --rbind "$parent" "$directory/host"
  mount -t tmpfs -o mode=755 tmpfs "$parent"
  for entry in "$directory"/host/*; do
    name=${entry##*/}
    case " $* " in *" $name "*) continue ;; esac
    if [ -L "$entry" ]; then
      cp -P "$entry" "$parent/$name"
    elif [ -d "$entry" ]; then
      mkdir -p "$parent/$name"
      mount --rbind "$entry" "$parent/$name"
    else
      : >"$parent/$name"
      mount --bind "$entry" "$parent/$name"
    fi
  done
  umount -l "$directory/host"
  rmdir "$directory/host"
}

main() {
  directory=$1
  shift
  hide /run docker docker.pid docker.sock containerd containers crun runc libpod podman netns cni
  if [ "${1##*/}" = podman ]; then
    hide /var/lib containers cni
    # Podman keeps its locks here, for all its instances on the host.
    mount -t tmpfs -o mode=1777 tmpfs /dev/shm
    # The bridge plugin switches forwarding on for the whole host, which nothing here needs.
    cat /proc/sys/net/ipv4/ip_forward >"$directory/ip_forward"
    mount --bind "$directory/ip_forward" /proc/sys/net/ipv4/ip_forward
  fi

  while read -r order; do
    if [ "$order" = start ]; then
      # A daemon that was killed left this behind.
      rm -f "$directory/engine.pid" "$directory/engine.sock"
      "$@" </dev/null &
    fi
  done
}

main "$@"

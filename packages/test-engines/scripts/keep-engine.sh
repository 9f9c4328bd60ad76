#!/bin/sh
# Keeps one private engine and removes all of it when standard input ends. The owner holds the other end of
# that pipe, so an owner that is killed takes its engine along.
#
#   keep-engine.sh DIRECTORY BRIDGE NETWORK COMMAND...
#
# NETWORK is the first half of an IPv4 address, as in 10.192. Exit code 75: there is a BRIDGE of this name already,
# and nothing was made.
set -u
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# A function is read as a whole before it runs: this file may change while an engine lives.
main() {
  directory=$1 bridge=$2 network=$3
  shift 3
  scripts=$(dirname -- "$0")

  # Tearing down must not be cut short. A handler, and not '': what is ignored would stay ignored in the engine.
  trap : HUP INT TERM

  # The process id and its start time name this process even after the id has been given to another. When the directory
  # is gone, the owner has died and somebody has cleaned up.
  echo "$$ $(sed 's/.*) //' "/proc/$$/stat" | cut -d ' ' -f 20)" >"$directory/keeper" || exit 1

  # The name of the bridge is the claim on its addresses, across all that run engines on this host.
  ip link add "$bridge" type bridge || exit 75
  index=$(cat "/sys/class/net/$bridge/ifindex")
  echo "$bridge $index $network" >"$directory/bridge"

  # In namespaces of its own: when their first process ends, the kernel kills every daemon, shim and container
  # and drops their mounts. The network stays the host's, so that published ports are reachable from it.
  ip address add "$network.0.1/24" dev "$bridge" &&
    ip link set "$bridge" up &&
    unshare --mount --propagation slave --pid --fork --kill-child --mount-proc \
      bash "$scripts/engine-init.sh" "$directory" "$@"

  exec sh "$scripts/remove-engine.sh" "$directory" "$bridge" "$index" "$network"
}

main "$@"

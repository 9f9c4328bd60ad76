#!/bin/sh
# Keeps one private engine and removes all of it when standard input ends. The owner holds the other end of
# that pipe, so an owner that is killed takes its engine along.
#
#   keep-engine.sh DIRECTORY NUMBER NETWORK COMMAND...
#
# NETWORK is the first half of an IPv4 address, as in 10.192. Exit code 75: the bridge of this NUMBER is taken.
set -u
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
directory=$1 number=$2 network=$3
shift 3
scripts=$(dirname -- "$0")
bridge=nanoclaw$number

# Tearing down must not be cut short. A handler, and not '': what is ignored would stay ignored in the engine.
trap : HUP INT TERM

# The process id and its start time name this process even after the id has been given to another.
echo "$$ $(sed 's/.*) //' "/proc/$$/stat" | cut -d ' ' -f 20)" >"$directory/keeper"

# The name of the bridge is the claim on NUMBER that holds across temporary directories.
if ! ip link add "$bridge" type bridge; then
  rm -rf -- "$directory"
  exit 75
fi
echo "$bridge" >"$directory/bridge"

# In namespaces of its own: when their first process ends, the kernel kills every daemon, shim and container
# and drops their mounts. The network stays the host's, so that published ports are reachable from it.
ip address add "$network.0.1/24" dev "$bridge" &&
  ip link set "$bridge" up &&
  unshare --mount --propagation slave --pid --fork --kill-child --mount-proc \
    bash "$scripts/engine-init.sh" "$directory" "$@"

exec sh "$scripts/remove-engine.sh" "$directory" "$number" "$network"

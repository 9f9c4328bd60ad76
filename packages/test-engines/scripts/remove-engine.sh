#!/bin/sh
# Removes what an engine leaves on the host after its processes have ended. Can be run again at any point.
#
#   remove-engine.sh DIRECTORY BRIDGE INDEX NETWORK
#
# INDEX tells this engine's bridge from a later one of the same name; without these three there are no interfaces.
set -u
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
directory=$1 bridge=${2-} index=${3-} network=${4-}

remove_network() {
  # The engine's bridges, those of networks made on it too: their addresses are out of its own range.
  interfaces=$(ip -o -4 address | awk -v prefix="$network." 'index($4, prefix) == 1 { print $2 }' | sort -u | tr '\n' ' ')

  # Podman's rules in the packet filter; Docker's engines here make none. The chains of one container are named by a
  # hash. Chains that all users of Podman's plugins share stay.
  if [ -d "$directory/network" ]; then
    for table in filter nat; do
      iptables-save -t "$table" 2>/dev/null |
        awk -v table="$table" -v prefix=" $network." -v interfaces="$interfaces" '
          BEGIN {
            count = split(interfaces, names, " ")
            for (i = 1; i <= count; i++) ours[names[i]]
            count = 0
          }
          /^-A/ {
            rules[++count] = $0
            if (index($0, prefix) && $2 ~ /^CNI-(DN-)?[0-9a-f]+$/) chains[$2]
          }
          END {
            print "*" table
            for (i = 1; i <= count; i++) {
              n = split(rules[i], words, " ")
              if (words[2] in chains) continue
              gone = index(rules[i], prefix) || words[n] in chains
              for (k = 2; k < n; k++) if (words[k] ~ /^-[io]$/ && words[k + 1] in ours) gone = 1
              if (gone) {
                sub(/^-A/, "-D", rules[i])
                print rules[i]
              }
            }
            for (chain in chains) print "-F " chain
            for (chain in chains) print "-X " chain
            print "COMMIT"
          }' | iptables-restore --noflush
    done
  fi

  for interface in $interfaces; do
    [ "$interface" = "$bridge" ] || ip link delete "$interface"
  done
  # Last, because it is the claim on the addresses.
  ip link delete "$bridge"
}

if [ "$bridge" ] && [ "$(cat "/sys/class/net/$bridge/ifindex" 2>/dev/null)" = "$index" ]; then
  remove_network
fi

# The control groups: one of the directory's name for Docker, and for Podman, whose instances share one parent, those of
# its containers. That parent goes with the last one; not earlier, because another may be about to use it.
groups=$(basename "$directory")
for containers in "$directory"/data/overlay-containers/*/; do
  groups="$groups libpod_parent/libpod-$(basename "$containers")"
done
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*/; do
  for group in $groups; do
    if [ -d "$hierarchy/$group" ]; then find "$hierarchy/$group" -depth -type d -exec rmdir {} \; ; fi
  done
  if [ -d "$hierarchy/libpod_parent" ] && ! cat /proc/[0-9]*/comm 2>/dev/null | grep -qxE 'podman|conmon'; then
    find "$hierarchy/libpod_parent" -depth -type d -exec rmdir {} \;
  fi
done

# Last: a directory that is still there says that there is work left.
rm -rf --one-file-system -- "$directory"

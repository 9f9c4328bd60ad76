import { capabilityNames } from "../options/capabilities.js";

/** The 14 of the OCI (apple-container.md §9.4). */
const defaults = [
  ...[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
  ],
  ...["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

/** The numbers of what a container's processes may do: `ALL` is dropped first, then comes what is added, then single drops (§4.4). */
export function capabilityNumbers(added: readonly string[], dropped: readonly string[]): number[] {
  const plain = (name: string) => name.toUpperCase().replace(/^CAP_/, "");
  const held = new Set(dropped.map(plain).includes("ALL") ? [] : defaults);
  for (const name of added.map(plain)) {
    for (const one of name === "ALL" ? capabilityNames : [name]) held.add(one);
  }
  for (const name of dropped.map(plain)) held.delete(name);
  return capabilityNames.flatMap((name, number) => (held.has(name) ? [number] : []));
}

/** In the order of their numbers in the kernel. */
const names = [
  ...["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"],
  ...[
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
  ],
  ...[
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
  ],
  ...[
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
  ],
  ...["MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF"],
  "CHECKPOINT_RESTORE",
];

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
    for (const one of name === "ALL" ? names : [name]) held.add(one);
  }
  for (const name of dropped.map(plain)) held.delete(name);
  return names.flatMap((name, number) => (held.has(name) ? [number] : []));
}

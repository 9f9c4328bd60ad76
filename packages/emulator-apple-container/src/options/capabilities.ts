import { refuse } from "./refuse.js";

/** In the order of their numbers in the kernel. */
export const capabilityNames: readonly string[] = [
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

/** Names of capabilities as they are kept: `CAP_…` or `ALL` (apple-container.md §4.4). */
export function capabilitiesOf(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const upper = text.toUpperCase();
    const name = upper.replace(/^CAP_/, "");
    if (upper === "ALL") return "ALL";
    if (!capabilityNames.includes(name)) refuse(`invalid CapabilityName '${upper}'`);
    return `CAP_${name}`;
  });
}

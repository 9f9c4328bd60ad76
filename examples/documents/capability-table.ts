import type { Capabilities, SandboxProvider } from "@nanoclaw/sandbox";
import { appleContainer } from "@nanoclaw/sandbox-apple-container";
import { docker } from "@nanoclaw/sandbox-docker";
import { local } from "@nanoclaw/sandbox-local";
import { tart } from "@nanoclaw/sandbox-tart";
import { markdownTable } from "./markdown-table.js";

interface Column {
  readonly provider: SandboxProvider;
  /** The same engine with an option that adds abilities, and how the table names it. */
  readonly extended?: { readonly provider: SandboxProvider; readonly by: string };
  /** What depends on the host or the image: the table must not depend on who prints it. */
  readonly byHost?: Readonly<Record<string, string>>;
}

const controlGroups = "where control groups can be written";

const columns: readonly Column[] = [
  {
    provider: local(),
    byHost: {
      terminals: "where `script` is installed",
      "limits.cpuCount": controlGroups,
      "limits.memoryMiB": controlGroups,
      "limits.pidCount": controlGroups,
    },
  },
  {
    provider: docker(),
    extended: { provider: docker({ diskQuota: true }), by: "with the option `diskQuota`" },
  },
  { provider: tart() },
  {
    provider: appleContainer(),
    byHost: { terminals: "where the image has `script`" },
  },
];

/** Every ability, by its path in `capabilities`, in the order of the table. */
export const labels: Readonly<Record<string, string>> = {
  isolation: "`isolation`: the wall",
  images: "`image`",
  users: "`user`",
  "mounts.directories": "`mounts` of directories",
  "mounts.files": "`mounts` of single files",
  "mounts.readOnly": "read-only `mounts`",
  "mounts.nested": "`mounts` within mounts",
  "limits.cpuCount": "`limits.cpuCount`",
  "limits.memoryMiB": "`limits.memoryMiB`",
  "limits.pidCount": "`limits.pidCount`",
  "limits.diskGiB": "`limits.diskGiB`",
  "network.none": '`network: "none"`',
  "network.open": '`network: "open"`',
  "network.sharedWithHost": "an open network is the host's own",
  "network.allow": "`network: { allow }`",
  ports: "`ports.open`",
  terminals: "`tty`",
  keep: "`lifetime: { ttlMs }`, `keep`",
  attach: "`attachSandbox`",
  stats: "`stats`",
  snapshots: "`snapshot`",
  pause: "`pause`",
  commands: "who carries commands",
};

const words: Readonly<Record<string, string>> = {
  true: "yes",
  false: "–",
  never: "–",
  create: "if named at create",
  anytime: "at any time",
  shell: "the main shell",
  engine: "the engine",
};

/** The paths and values of a manifest, without the branches. */
export function leaves(manifest: Capabilities): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(manifest)) {
    if (typeof value === "object") {
      for (const [part, each] of Object.entries(value)) found.set(`${name}.${part}`, String(each));
    } else found.set(name, String(value));
  }
  return found;
}

/** What each engine can do, from the manifests of its adapters. */
export function capabilityTable(): string {
  return markdownTable([
    ["", ...columns.map(({ provider }) => `\`${provider.name}\``)],
    ...Object.entries(labels).map(([path, label]) => [label, ...columns.map((column) => cell(column, path))]),
  ]);
}

function cell({ provider, extended, byHost }: Column, path: string): string {
  const value = leaves(provider.capabilities).get(path) ?? "";
  if (byHost?.[path]) return byHost[path];
  if (extended && leaves(extended.provider.capabilities).get(path) !== value) return extended.by;
  return words[value] ?? value;
}

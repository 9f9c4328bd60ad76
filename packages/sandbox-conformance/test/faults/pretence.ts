import { type DeclaredCapabilities, defineCapabilities } from "@nanoclaw/sandbox/adapter";
import { changedProvider } from "../../src/changed-provider.js";
import { declaring, type Fault, twoFaced } from "../fault.js";
import { pretending } from "../pretending-modules.js";

/** What is declared, how the check finds that it is not there, and the checks. */
const ignored: readonly [declared: DeclaredCapabilities, says: RegExp, caughtBy: readonly string[]][] = [
  [{ mounts: { directories: true } }, /from the host|number/, ["G8.mount-writable", "G12.mount-names"]],
  [{ mounts: { directories: true, readOnly: true } }, /as it was/, ["G8.mount-read-only"]],
  [{ mounts: { files: true } }, /one file/, ["G8.mount-file"]],
  [{ limits: { memoryMiB: true } }, /192 MiB fitted/, ["G8.limit-memory"]],
  [{ limits: { memoryMiB: true }, stats: true }, /stats/, ["G8.limit-memory-told"]],
  [{ limits: { diskGiB: true } }, /150 MiB fitted/, ["G8.limit-disk"]],
  [{ network: { none: true } }, /interfaces beside/, ["G8.network-none"]],
  [{ network: { sharedWithHost: false } }, /sharedWithHost is false/, ["G8.network-shared"]],
  [
    { terminals: true },
    /all three|without saying|resize|echoed|did not settle|Expected/,
    [
      "G8.terminal",
      "G8.terminal-resize",
      "G8.terminal-talk",
      "G8.terminal-job-control",
      "G8.terminal-binary",
    ],
  ],
  [{ users: true }, /did not reject with invalid_argument/, ["G8.input-user"]],
  [{ keep: true }, /Only the program that created/, ["G8.keep-scope"]],
];

const everything: DeclaredCapabilities = {
  isolation: "vm",
  images: true,
  users: true,
  terminals: true,
  mounts: { directories: true, files: true, readOnly: true, nested: true },
  limits: { cpuCount: true, memoryMiB: true, diskGiB: true, pidCount: true },
  network: { open: true, none: true, allow: true },
  ports: "anytime",
  keep: true,
  attach: true,
  stats: true,
};

/** G8: abilities that are declared and not there, or there and not declared. */
export const pretenceFaults: readonly Fault[] = [
  ...ignored.map(
    ([declared, says, caughtBy]): Fault => ({
      fault: `declares ${JSON.stringify(declared)} and does nothing about it`,
      caughtBy,
      says,
      pretends: true,
      provider: (base) => declaring(base, declared),
      target: () => ({ otherUser: "nobody" }),
    }),
  ),
  {
    fault: "declares terminals and users, and has neither",
    caughtBy: ["G8.terminal-user"],
    says: /notStrictEqual|strictly unequal|actual/,
    pretends: true,
    provider: (base) => declaring(base, { terminals: true, users: true }),
    target: () => ({ otherUser: "nobody" }),
  },
  {
    fault: "declares little, and takes everything",
    caughtBy: [
      "G8.refuses-images",
      "G8.refuses-users",
      "G8.refuses-mounts-directories",
      "G8.refuses-mounts-files",
      "G8.refuses-mounts-readonly",
      "G8.refuses-mounts-nested",
      "G8.refuses-limits-cpucount",
      "G8.refuses-limits-memorymib",
      "G8.refuses-limits-diskgib",
      "G8.refuses-limits-pidcount",
      "G8.refuses-network-none",
      "G8.refuses-network-allow",
      "G8.refuses-keep",
      "G8.refuses-isolation",
      "G8.refuses-ports",
      "G8.refuses-other-calls",
      "G8.refuses-attach",
    ],
    says: /did not reject with unsupported|rejected with/,
    provider: (base) =>
      twoFaced(
        changedProvider(base, { attach: () => Promise.reject(new Error("attached")) }),
        base.capabilities,
        defineCapabilities(everything),
      ),
  },
  {
    fault: "declares no open network, and gives one",
    caughtBy: ["G8.refuses-network-open"],
    says: /did not reject with unsupported/,
    pretends: true,
    provider: (base) =>
      twoFaced(
        base,
        defineCapabilities({ ...base.capabilities, network: { none: true } }),
        base.capabilities,
      ),
  },
  {
    fault: "isolates less than it has declared",
    caughtBy: ["G8.isolation"],
    says: /isolates by/,
    pretends: true,
    provider: (base) =>
      twoFaced(base, defineCapabilities({ ...base.capabilities, isolation: "vm" }), base.capabilities),
  },
  {
    fault: "declares its abilities in an object that anybody can change",
    caughtBy: ["G8.frozen"],
    says: /can be changed/,
    provider: (base) => changedProvider(base, { capabilities: structuredClone(base.capabilities) }),
  },
  {
    fault: "does not find its own engine",
    caughtBy: ["G8.probe"],
    says: /not available/,
    provider: (base) =>
      changedProvider(base, { probe: async () => ({ available: false, problems: [], details: {} }) }),
  },
  {
    fault: "forgets the labels that it cannot spell",
    caughtBy: ["G8.labels"],
    says: /label example\.com/,
    provider: (base) =>
      changedProvider(base, {
        list: async (installation, call) =>
          (await base.list(installation, call)).map((record) => ({
            ...record,
            labels: Object.fromEntries(
              Object.entries(record.labels).filter(([name]) => /^[a-z-]+$/.test(name)),
            ),
          })),
      }),
  },
  {
    fault: "never ends a sandbox with a time to live, and cannot keep another",
    caughtBy: ["G8.ttl", "G8.keep"],
    says: /before its time|after its time|Only the program that created/,
    pretends: true,
    provider: (base) => declaring(base, { keep: true }),
    target: () => ({ providerModule: pretending("keeping") }),
  },
  {
    fault: "attaches to the host instead of the sandbox",
    caughtBy: ["G8.attach", "G4.destroyed-elsewhere"],
    says: /by the owner|its end/,
    pretends: true,
    provider: (base) => declaring(base, { attach: true }),
    target: () => ({ providerModule: pretending("attaching") }),
  },
];

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Guest } from "@nanoclaw/emulator-base";
import type { Parsed } from "../arguments/parsed.js";
import { SystemFailure } from "../failures.js";

/** The helper that filters a guest's packets. */
export function findSoftnet(): string {
  const found = (process.env.PATH ?? "").split(delimiter).find((directory) => {
    try {
      accessSync(join(directory, "softnet"), constants.X_OK);
      return directory !== "";
    } catch {
      return false;
    }
  });
  if (found === undefined) {
    throw new SystemFailure('InitializationFailed(why: "softnet not found in PATH")');
  }
  return join(found, "softnet");
}

/** The helper as it runs beside a machine. Its end is the machine's. */
export class Softnet {
  readonly died: Promise<"softnet died">;

  private constructor(child: ChildProcess) {
    this.died = new Promise((resolve) => child.once("exit", () => resolve("softnet died")));
  }

  static async start(parsed: Parsed, guest: Guest): Promise<Softnet> {
    const rules = policy({
      allow: parsed.optionalText("net-softnet-allow"),
      block: parsed.optionalText("net-softnet-block"),
      hostOnly: parsed.flag("net-host"),
    });
    await guest.filter(rules);
    // Its input ends with this process, and it with its input.
    const child = spawn(findSoftnet(), [], { stdio: ["pipe", "ignore", "inherit"] });
    child.stdin?.on("error", () => child.stdin?.destroy());
    return new Softnet(child);
  }
}

interface Rule {
  readonly network: string;
  readonly verdict: "ACCEPT" | "DROP";
}

const PRIVATE = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];

/** In the order in which they are tried: the longest prefix first, and of two equal ones the block. */
export function policy(options: { allow?: string; block?: string; hostOnly: boolean }): Rule[] {
  const own = [
    ...networks(options.block).map((network) => ({ network, verdict: "DROP" as const })),
    ...networks(options.allow).map((network) => ({ network, verdict: "ACCEPT" as const })),
  ];
  const standard: Rule[] = [
    { network: "192.168.64.1/32", verdict: "ACCEPT" },
    ...PRIVATE.map((network) => ({ network, verdict: "DROP" as const })),
    { network: "0.0.0.0/0", verdict: options.hostOnly ? "DROP" : "ACCEPT" },
  ];
  return [...own.sort((one, other) => prefix(other.network) - prefix(one.network)), ...standard];
}

function networks(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((network) => network.trim())
    .filter((network) => network !== "")
    .map((network) => (network === "@host" ? "192.168.64.1/32" : network));
}

function prefix(network: string): number {
  return Number(/\/(\d+)$/.exec(network)?.[1] ?? 32);
}

import { SandboxError } from "@nanoclaw/sandbox";
import { type Demand, demandsOf, keyOf } from "../capacity/demand.js";
import type { CompleteLimits } from "../capacity/limits.js";
import { LimitsFile } from "../capacity/limits-file.js";
import { planStarts } from "../capacity/plan.js";
import { openStore, takeOutLost } from "../capacity/store.js";
import type { Ticket } from "../capacity/ticket.js";
import type { Installation } from "../installation.js";
import { type Runtime, runtimes } from "../runtime.js";
import type { Totals } from "./totals.js";

/** A run that has a place or waits for one, of this installation or another one of the same user. */
export interface RunStatus {
  readonly root: string;
  /** Of the installation that was asked for. */
  readonly own: boolean;
  readonly folder: string;
  readonly runtime: Runtime;
  readonly pid: number;
  readonly state: "running" | "waiting";
  /** In this state, by the clock of the machine. */
  readonly forMs: number;
  /** From 1, of those that wait. */
  readonly position?: number;
  /** The limits that it waits for. Empty: it begins at once, or waits for an earlier run of its group. */
  readonly lacking?: readonly Demand[];
}

export interface LimitStatus {
  readonly scope: "machine" | "installation";
  readonly limit: string;
  readonly taken: number;
  readonly most: number;
}

/** What `nanoclaw-sandbox status` knows. */
export interface Status {
  readonly root: string;
  readonly stateDirectory: string;
  readonly runs: readonly RunStatus[];
  /** Empty before the installation's first run. */
  readonly limits: readonly LimitStatus[];
  readonly totals: Totals;
  /** Files that could not be read and were moved aside. */
  readonly damaged: readonly string[];
  readonly warnings: readonly string[];
}

/** Looks from outside. What ended processes left is taken out on the way where the state may be written. */
export async function collectStatus(installation: Installation, sharedDirectory?: string): Promise<Status> {
  const warnings: string[] = [];
  const store = await openStore(installation, {
    sharedDirectory,
    onWarning: (warning) => warnings.push(warning),
  });
  await takeOutLost(store).catch((error: unknown) => {
    if (!SandboxError.is(error)) throw error;
    warnings.push(`What ended processes left is still listed. ${error.message}`);
  });
  const { places, history } = store;
  const running = places.running();
  const waiting = places.waiting();
  const { starts, waits } = planStarts(running, waiting, places.turns());
  const describe = (ticket: Ticket) => ({
    root: ticket.root,
    own: ticket.installation === store.installation,
    folder: ticket.folder,
    runtime: ticket.runtime,
    pid: ticket.owner.pid,
  });
  const forMs = (since: number) => Math.max(0, Date.now() - since);
  const ready = starts.map((ticket) => ({ ticket, lacking: [], position: undefined }));
  const limits = new LimitsFile(installation.stateDirectory).read();
  return {
    root: installation.root,
    stateDirectory: installation.stateDirectory,
    runs: [
      ...running.map((each) => ({
        ...describe(each),
        state: "running" as const,
        forMs: forMs(each.startedAt),
      })),
      ...[...ready, ...waits].map(({ ticket, lacking, position = 1 }) => ({
        ...describe(ticket),
        ...{ state: "waiting" as const, forMs: forMs(ticket.since), lacking, position },
      })),
    ],
    limits: limits ? limitsOf(limits, store.installation, running) : [],
    totals: history.read(),
    damaged: [...places.damaged(), ...history.damaged()],
    warnings,
  };
}

/** Every limit that a run of any runtime can meet, with what is taken of it. */
function limitsOf(limits: CompleteLimits, installation: string, running: readonly Ticket[]): LimitStatus[] {
  const all = runtimes.flatMap((runtime) =>
    demandsOf({ folder: "any", runtime, memoryMiB: 1, cpuCount: 1, macOS: true }, limits, installation),
  );
  const byKey = new Map(all.map((demand) => [keyOf(demand), demand]));
  return [...byKey].map(([key, { scope, limit, most }]) => {
    const amounts = running.flatMap(({ demands }) => demands.filter((each) => keyOf(each) === key));
    const taken = amounts.reduce((sum, { amount }) => sum + amount, 0);
    return { scope: scope === installation ? "installation" : "machine", limit, taken, most };
  });
}

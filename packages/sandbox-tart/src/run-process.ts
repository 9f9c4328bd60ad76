import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Tart } from "./engine.js";
import { tartFailure } from "./failures.js";
import { launch } from "./launch.js";
import { isAlive, type ProcessIdentity } from "./processes.js";
import type { Records } from "./records.js";

/** How often a process that is no child of this one is looked at, in milliseconds. */
const lookMs = 500;

/** A `tart run`, which is the virtual machine: it lives and dies with this process. */
export interface RunProcess {
  readonly identity: ProcessIdentity;
  /** Gives what it said when it has ended, by whatever. Never rejects. */
  readonly ended: Promise<SandboxError>;
  /** The same for a guest that was in use. */
  readonly lost: Promise<SandboxError>;
  /** No longer looks: this program has let it go. */
  release(): void;
}

export interface RunOptions {
  readonly id: string;
  readonly records: Records;
  remember(identity: ProcessIdentity): void;
}

/** Starts it in a session of its own, with a file for what it says. */
export async function startRun(
  tart: Tart,
  args: readonly string[],
  { id, records, remember }: RunOptions,
): Promise<RunProcess> {
  const before = records.readLog(id).length;
  const { identity, ended } = await launch(tart, args, { log: records.log(id), remember });
  const reason = ended.then(({ exitCode, signal }) => {
    const text = records.readLog(id).slice(before);
    return exitCode === 0
      ? lost(text)
      : tartFailure({ command: "run", exitCode, ...(signal === undefined ? {} : { signal }), text });
  });
  return { identity, ended: reason, lost: reason.then(asLost), release: () => undefined };
}

/** One that another program started. */
export function watchRun(identity: ProcessIdentity, id: string, records: Records): RunProcess {
  const released = new AbortController();
  const ended = (async () => {
    do {
      await delay(lookMs, undefined, { ref: false, signal: released.signal });
    } while (await isAlive(identity));
    return lost(records.readLog(id));
  })().catch((cause: unknown) => {
    return new SandboxError("sandbox_lost", "The virtual machine is no longer watched.", { cause });
  });
  return { identity, ended, lost: ended.then(asLost), release: () => released.abort() };
}

function lost(text: string): SandboxError {
  const words = text.trim().split("\n").at(-1) ?? "";
  return new SandboxError(
    "sandbox_lost",
    `The virtual machine has ended${words === "" ? "." : `: ${words}`}`,
  );
}

function asLost(reason: SandboxError): SandboxError {
  if (reason.code === "sandbox_lost") return reason;
  const { message, hint } = reason;
  return new SandboxError("sandbox_lost", `The virtual machine has ended. ${message}`, {
    cause: reason,
    ...(hint === undefined ? {} : { hint }),
  });
}

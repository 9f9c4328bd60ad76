import type { Installation } from "../installation.js";
import type { Host } from "../run/group-sandbox.js";
import { type Call, printable } from "./flags.js";
import { Refusal } from "./refusal.js";
import { RunRecords } from "./run-records.js";

type StopCall = Extract<Call, { command: "stop" }>;

/** Docker's own, in seconds. */
const DEFAULT_GRACE = "10";
/** For the end of a sandbox once its command was killed. A virtual machine takes some seconds. */
const END_MS = 20_000;

/** Ends runs by name. Returns when nothing of them is left, also where the run's own process was killed. */
export async function stop(
  { flags, names }: StopCall,
  installation: Installation,
  getHost: () => Promise<Host>,
): Promise<number> {
  const { time = DEFAULT_GRACE } = flags;
  if (!/^\d{1,6}$/.test(time)) {
    throw new Refusal(`docker stop: -t ${printable(time)} is no number of seconds.`, { exitCode: 1 });
  }
  const graceMs = Number(time) * 1000;
  const records = new RunRecords(installation);
  const outcomes = await Promise.all(names.map((name) => stopOne(name, graceMs, records, getHost)));
  return outcomes.every(Boolean) ? 0 : 1;
}

async function stopOne(
  name: string,
  graceMs: number,
  records: RunRecords,
  getHost: () => Promise<Host>,
): Promise<boolean> {
  try {
    if ((await records.find(name)) === undefined) {
      process.stderr.write(`Error: No such container: ${JSON.stringify(name)}\n`);
      return false;
    }
    await records.askToStop(name, graceMs, graceMs + END_MS);
    // A process that ends by itself leaves no record: what is there now was left by one that was killed, or hangs.
    const left = await records.find(name);
    if (left !== undefined) {
      const { removeLeft } = await import("./left-sandboxes.js");
      await removeLeft(left, await getHost());
      await records.forget(name);
    }
    process.stdout.write(`${name}\n`);
    return true;
  } catch (error) {
    const { messageOf } = await import("./messages.js");
    process.stderr.write(messageOf(error));
    return false;
  }
}

import { realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CallContext, type CreateRequest, inTurn, pause, SandboxError } from "@nanoclaw/sandbox/adapter";
import { refuseInexact, runArguments, setArguments, unkeptLimit } from "./arguments.js";
import { refuseThirdMac } from "./capacity.js";
import { type Connection, connectGuest, type Guest, hasOtherWay, reconnect } from "./connection.js";
import { freeSpace, shortage } from "./disk-space.js";
import { TartDriver } from "./driver.js";
import { type Tart, wordsOf } from "./engine.js";
import { imageFailure, startRemedies } from "./failures.js";
import { setUpGuest } from "./guest-setup.js";
import { imageSource, pullImage, runRemembered } from "./image.js";
import { vmName } from "./names.js";
import type { Settings } from "./options.js";
import type { ProcessIdentity } from "./processes.js";
import { type Records, stateOf, type TartRecord } from "./records.js";
import { startRun } from "./run-process.js";
import { requireSoftnet } from "./softnet.js";
import { type ListedVm, localVm, type VmFacts } from "./vm-list.js";

/** For another process to let go of the machine, in milliseconds. */
const againMs = 2_000;

/** What a provider lends to each create. */
export interface CreationTools {
  readonly tart: Tart;
  readonly settings: Settings;
  readonly records: Records;
  /** Throws for a Tart that is too old. */
  checkVersion(signal: AbortSignal): Promise<void>;
  remove(id: string, installation: string, context: CallContext): Promise<void>;
}

/** Makes a virtual machine, starts it, and waits for a way in. What a failure leaves is for `remove`. */
export async function createVm(
  request: CreateRequest,
  tools: CreationTools,
  context: CallContext,
): Promise<TartDriver> {
  const { tart, settings, records } = tools;
  const { signal } = context;
  signal.throwIfAborted();
  refuseInexact(request);
  if (request.network === "none") requireSoftnet(settings);
  const [rows] = await Promise.all([tart.list(signal), tools.checkVersion(signal)]);
  const entry = new Entry(recordOf(request, settings, tart), records);
  const { vm } = entry.record;
  if (localVm(rows, vm)) {
    throw new SandboxError("already_exists", `Tart has a virtual machine ${vm} already.`);
  }
  const source = imageSource(entry.record.image ?? "", rows, settings.pull);
  const short = shortage(source, await freeSpace(tart.home));
  if (short) throw short;

  entry.write();
  refuseTakenName(entry.record, records, rows);
  if (source.pull) await pullImage(tart, source.name, entry.remember("pull"), context);
  await clone(tart, source.name, entry, signal);
  await tart.call(setArguments(vm, request.limits), { signal });
  const facts = await tart.facts(vm, signal);
  refuseUnkept(request, facts);
  // A saved state is somebody's earlier run, and would bring his address with it.
  if (facts.state === "suspended") await tart.call(["stop", vm], { signal });
  entry.change({ os: facts.os });
  if (facts.os === "darwin") await refuseThirdMac(tart, await tart.list(signal), signal);
  return await boot(request, facts.os, entry, tools, context);
}

/** Starts the machine and brings it to its first command. */
async function boot(
  request: CreateRequest,
  os: VmFacts["os"],
  entry: Entry,
  tools: CreationTools,
  context: CallContext,
): Promise<TartDriver> {
  const { tart, settings, records } = tools;
  const { id, owner } = request;
  const { vm, network } = entry.record;
  const mounts = await Promise.all(
    request.mounts.map(async (mount) => ({ ...mount, source: await realpath(mount.source) })),
  );
  refuseInexact({ limits: {}, mounts });
  context.emit({ type: "progress", phase: "start", message: "The virtual machine is started." });
  const args = runArguments(vm, { mounts, network }, settings);
  const start = async (): Promise<Connection & { readonly guest: Guest }> => {
    context.signal.throwIfAborted();
    // One of an earlier start stays until the machine has its own, and nobody listens at it.
    await rm(join(tart.home, "vms", vm, "control.sock"), { force: true });
    const run = await startRun(tart, args, { id, records, remember: entry.remember("run") });
    const guest = { vm, os, tart, run, network };
    return { guest, ...(await connectGuest(guest, settings, context)) };
  };
  const { guest, transport, access } = await start().catch(async (error: unknown) => {
    const words = wordsOf(error);
    if (startRemedies.withoutState.test(words)) await tart.call(["stop", vm], { signal: context.signal });
    else if (startRemedies.again.test(words)) await pause(againMs, context.signal);
    else throw error;
    return await start();
  });
  context.emit({ type: "progress", phase: "connect", message: `Commands go by ${transport.describe}.` });
  try {
    // For whoever attaches: it is public, and the key is not written down.
    if (access.hostKey !== undefined) entry.change({ hostKey: access.hostKey });
    await setUpGuest(transport, { os, mounts, workdir: request.workdir }, context);
  } catch (error) {
    await transport.close();
    throw error;
  }
  return new TartDriver({
    record: entry.record,
    tart,
    run: guest.run,
    transport,
    otherWay: hasOtherWay(guest, settings),
    connect: (again) => reconnect({ ...guest, access }, settings, again),
    remove: (removal) => tools.remove(id, owner.installation, removal),
  });
}

async function clone(tart: Tart, image: string, entry: Entry, signal: AbortSignal): Promise<void> {
  try {
    await inTurn(tart.home, signal, () =>
      runRemembered(tart, ["clone", image, entry.record.vm], entry.remember("clone"), signal),
    );
  } catch (error) {
    // Without a copy Tart pulls the image as part of the clone.
    throw SandboxError.is(error, "sandbox_not_found") ? imageFailure(image, error) : error;
  }
}

/** A record that grows while the sandbox is made. */
class Entry {
  record: TartRecord;
  readonly #records: Records;

  constructor(record: TartRecord, records: Records) {
    this.record = record;
    this.#records = records;
  }

  write(): void {
    this.#records.prepare();
    this.#records.write(this.record);
  }

  change(part: Partial<TartRecord>): void {
    this.record = { ...this.record, ...part };
    this.write();
  }

  /** Notes which process works on the machine, before it does. */
  remember(command: "pull" | "clone" | "run"): (identity: ProcessIdentity) => void {
    return (identity) => this.change({ process: { ...identity, command } });
  }
}

function recordOf(request: CreateRequest, settings: Settings, tart: Tart): TartRecord {
  const { id, name, labels, expiresAt, owner, env, workdir } = request;
  return {
    format: 1,
    ...{ id, name, labels, expiresAt, owner, env, workdir },
    image: request.image ?? settings.defaultImage,
    network: request.network === "none" ? "none" : "open",
    vm: vmName(id, owner.installation),
    home: tart.home,
    createdAt: Date.now(),
  };
}

/** Looked for once the name is taken, so that of two at the same time at least one sees the other. */
function refuseTakenName({ id, name }: TartRecord, records: Records, rows: readonly ListedVm[]): void {
  if (name === undefined) return;
  const other = records.all().find((each) => each.id !== id && each.name === name);
  // Whether its process lives matters to one alone that has run, and that one is listed while it does.
  if (!other || stateOf(other, rows, true) === "ended") return;
  throw new SandboxError("already_exists", `There is a sandbox named "${name}" already: ${other.id}.`, {
    hint: "Choose another name, or remove it first.",
  });
}

/** G8: what was asked for is read back from Tart. */
function refuseUnkept({ limits }: CreateRequest, facts: VmFacts): void {
  const unkept = unkeptLimit(limits, facts);
  if (unkept === undefined) return;
  throw new SandboxError("unsupported", `The virtual machine did not take the limit ${unkept}.`, {
    hint: unkept === "diskGiB" ? "A disk can only grow. Ask for more, or leave it out." : "Leave it out.",
  });
}

import { join } from "node:path";
import { type CallContext, SandboxError } from "@nanoclaw/sandbox/adapter";
import { findAddress } from "./address.js";
import type { Tart } from "./engine.js";
import type { Settings } from "./options.js";
import type { RunProcess } from "./run-process.js";
import type { Transport } from "./transport.js";
import { abortable, pause } from "./wait.js";

export interface Guest {
  readonly vm: string;
  readonly os: "darwin" | "linux";
  readonly tart: Tart;
  readonly run: RunProcess;
  /** Without a network there is no SSH. */
  readonly network: "open" | "none";
  /** What it proves itself with to SSH, where that is known. Default: whatever it shows first. */
  readonly hostKey?: string;
}

type ConnectSettings = Pick<
  Settings,
  "connect" | "username" | "password" | "bootTimeoutMs" | "agentPatienceMs"
>;

/** Waits until the guest can be reached, and keeps the way. */
export async function connectGuest(
  guest: Guest,
  settings: ConnectSettings,
  { signal }: CallContext,
): Promise<Transport> {
  const { bootTimeoutMs } = settings;
  const own = new AbortController();
  const limit = AbortSignal.any([signal, own.signal]);
  const timer = setTimeout(() => own.abort(unreached(settings)), bootTimeoutMs);
  // An early end is told in Tart's own words, and never waited out.
  void guest.run.ended.then((reason) => own.abort(reason));
  try {
    return await chooseWay(guest, settings, limit);
  } catch (error) {
    signal.throwIfAborted();
    if (!own.signal.aborted) throw error;
    throw own.signal.reason;
  } finally {
    clearTimeout(timer);
  }
}

async function chooseWay(guest: Guest, settings: ConnectSettings, signal: AbortSignal): Promise<Transport> {
  const connect = guest.network === "none" ? "agent" : settings.connect;
  if (connect === "agent") return await openAgentWay(guest, signal);
  if (connect === "ssh") return await openSshWay(guest, settings, signal);

  const [agentEnd, sshEnd] = [new AbortController(), new AbortController()];
  const agent = openAgentWay(guest, AbortSignal.any([signal, agentEnd.signal]));
  const ssh = openSshWay(guest, settings, AbortSignal.any([signal, sshEnd.signal])).then(async (way) => {
    // The agent is the better way. It may come a little later, as it does on macOS.
    const waited = await Promise.race([
      agent.then(
        () => true,
        () => false,
      ),
      pause(settings.agentPatienceMs, AbortSignal.any([signal, sshEnd.signal])).then(
        () => false,
        () => true,
      ),
    ]);
    if (!waited) return way;
    await way.close();
    throw new SandboxError("aborted", "The guest agent answered.");
  });
  try {
    const way = await Promise.any([agent, ssh]);
    if (way.kind === "agent") sshEnd.abort(new SandboxError("aborted", "The guest agent answered."));
    else agentEnd.abort(new SandboxError("aborted", "SSH answered, and the guest agent did not."));
    closeLate(way.kind === "agent" ? ssh : agent, way);
    return way;
  } catch (error) {
    signal.throwIfAborted();
    // The agent's reason is the better one, unless SSH had a say of its own.
    const [agentError, sshError] = (error as AggregateError).errors as [unknown, unknown];
    throw SandboxError.is(sshError, "permission_denied") ? sshError : agentError;
  }
}

/** The way that lost the race is not needed, should it be there after all. */
function closeLate(other: Promise<Transport>, chosen: Transport): void {
  other.then(
    (way) => (way === chosen ? undefined : way.close()),
    () => undefined,
  );
}

async function openAgentWay({ vm, os, tart, run }: Guest, signal: AbortSignal): Promise<Transport> {
  const controlSocket = join(tart.home, "vms", vm, "control.sock");
  const { openAgent } = await import("./agent/open.js");
  return await abortable(openAgent({ controlSocket, os, signal, runEnded: run.lost }), signal);
}

async function openSshWay(guest: Guest, settings: ConnectSettings, signal: AbortSignal): Promise<Transport> {
  const { vm, os, tart, run, hostKey } = guest;
  const port = 22;
  const host = await findAddress(tart, vm, port, signal);
  const { openSsh } = await import("./ssh/open.js");
  const { username, password } = settings;
  const known = hostKey === undefined ? {} : { hostKey };
  const options = { host, port, username, password, os, signal, runEnded: run.lost, ...known };
  return await abortable(openSsh(options), signal);
}

function unreached({ bootTimeoutMs, connect }: ConnectSettings): SandboxError {
  const ways = {
    auto: "neither its agent nor SSH",
    agent: "its agent does not answer",
    ssh: "SSH does not answer",
  };
  const message = connect === "auto" ? `${ways.auto} answers` : ways[connect];
  return new SandboxError("timeout", `The guest has run for ${bootTimeoutMs} ms, and ${message}.`, {
    hint: "Give it longer with tart({ bootTimeoutMs }), or look at it with tart({ graphics: true }).",
  });
}

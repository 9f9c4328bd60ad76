import { join } from "node:path";
import { type CallContext, pause, SandboxError } from "@nanoclaw/sandbox/adapter";
import { findAddress } from "./address.js";
import type { Tart } from "./engine.js";
import type { SshCredentials } from "./guest/ssh-access.js";
import type { Settings } from "./options.js";
import type { RunProcess } from "./run-process.js";
import type { Transport } from "./transport.js";

const sshPort = 22;
/** For another way into a guest that was reached before, in milliseconds. */
const wayBackMs = 20_000;

export interface Guest {
  readonly vm: string;
  readonly os: "darwin" | "linux";
  readonly tart: Tart;
  readonly run: RunProcess;
  /** Without a network there is no SSH. */
  readonly network: "open" | "none";
  /** For SSH, got by another way. Default: the password, and whatever host key the guest shows first. */
  readonly access?: Partial<SshCredentials>;
}

/** A way into a guest, and what another one would need. */
export interface Connection {
  readonly transport: Transport;
  readonly access: Partial<SshCredentials>;
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
): Promise<Connection> {
  const { bootTimeoutMs } = settings;
  const own = new AbortController();
  const limit = AbortSignal.any([signal, own.signal]);
  const timer = setTimeout(() => own.abort(unreached(settings)), bootTimeoutMs);
  // An early end is told in Tart's own words, and never waited out.
  void guest.run.ended.then((reason) => own.abort(reason));
  try {
    const connect = guest.network === "none" ? "agent" : settings.connect;
    if (connect === "agent") return connection(await openAgentWay(guest, limit), guest.access);
    if (connect === "ssh") return await sshAlone(guest, settings, limit);
    return await firstWay(guest, settings, limit);
  } catch (error) {
    signal.throwIfAborted();
    if (!own.signal.aborted) throw error;
    throw own.signal.reason;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether commands may take another way when theirs is gone. */
export function hasOtherWay({ network }: Pick<Guest, "network">, { connect }: ConnectSettings): boolean {
  return connect === "auto" && network === "open";
}

/**
 * Another way into a guest whose way was lost. The agent has had its time to come back then.
 *
 * @throws SandboxError `sandbox_lost` when there is none within 20 s.
 */
export async function reconnect(
  guest: Guest,
  settings: ConnectSettings,
  context: CallContext,
): Promise<Transport> {
  const bootTimeoutMs = Math.min(settings.bootTimeoutMs, wayBackMs);
  try {
    return (await connectGuest(guest, { ...settings, agentPatienceMs: 0, bootTimeoutMs }, context)).transport;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!SandboxError.is(error, "timeout")) throw error;
    throw new SandboxError(
      "sandbox_lost",
      "The virtual machine runs, and there is no way into it any more.",
      {
        cause: error,
        hint: "Destroy the sandbox, and create another. Did a command end the guest agent, or the SSH server?",
      },
    );
  }
}

const connection = (transport: Transport, access: Connection["access"] = {}): Connection => ({
  transport,
  access,
});

/** The agent, and SSH where there is none. While the agent is there, it opens the way for SSH, should it go one day. */
async function firstWay(guest: Guest, settings: ConnectSettings, signal: AbortSignal): Promise<Connection> {
  const [agentEnd, sshEnd] = [new AbortController(), new AbortController()];
  const agent = openAgentWay(guest, AbortSignal.any([signal, agentEnd.signal]));
  const sshSignal = AbortSignal.any([signal, sshEnd.signal]);
  const ssh = openSshWay(guest, settings, sshSignal).then(async (way) => {
    if (!(await comesWithin(agent, settings.agentPatienceMs, sshSignal))) return way;
    await way.close();
    throw chosen("The guest agent answered.");
  });
  try {
    const way = await Promise.any([agent, ssh]);
    if (way.kind === "agent") sshEnd.abort(chosen("The guest agent answered."));
    else agentEnd.abort(chosen("SSH answered, and the guest agent did not."));
    closeLate(way.kind === "agent" ? ssh : agent, way);
    if (way.kind === "ssh" || guest.access?.privateKey) return connection(way, guest.access);
    return connection(way, await accessBy(way, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AggregateError)) throw error;
    // The agent's reason is the better one, unless SSH had a say of its own.
    const [agentError, sshError] = error.errors as [unknown, unknown];
    throw SandboxError.is(sshError, "permission_denied") ? sshError : agentError;
  }
}

/** SSH, by a key of its own and a known host key where the agent is there in time to see to both. */
async function sshAlone(guest: Guest, settings: ConnectSettings, signal: AbortSignal): Promise<Connection> {
  if (guest.access?.privateKey) return connection(await openSshWay(guest, settings, signal), guest.access);
  const agentEnd = new AbortController();
  const agent = openAgentWay(guest, AbortSignal.any([signal, agentEnd.signal]));
  let there: Transport | undefined;
  agent.then(
    (transport) => {
      there = transport;
    },
    () => undefined,
  );
  try {
    const host = await findAddress(guest.tart, guest.vm, sshPort, signal);
    const access = there === undefined ? {} : await accessBy(there, signal);
    const known = { ...guest, access: { ...guest.access, ...access } };
    return connection(await openSshAt(host, known, settings, signal), known.access);
  } finally {
    agentEnd.abort(chosen("SSH was asked for."));
    closeLate(agent, undefined);
  }
}

/** Nothing where the guest has no place for a key: the password does as well. */
async function accessBy(agent: Transport, signal: AbortSignal): Promise<Connection["access"]> {
  const { prepareSsh } = await import("./guest/ssh-access.js");
  try {
    return await prepareSsh(agent, signal);
  } catch (error) {
    if (signal.aborted || !SandboxError.is(error, "unsupported")) throw error;
    return {};
  }
}

/** Whether the agent, the better way, comes a little later, as it does on macOS. */
async function comesWithin(agent: Promise<Transport>, timeMs: number, signal: AbortSignal): Promise<boolean> {
  const came = agent.then(
    () => true,
    () => false,
  );
  const late = pause(timeMs, signal).then(
    () => false,
    () => true,
  );
  return await Promise.race([came, late]);
}

const chosen = (message: string): SandboxError => new SandboxError("aborted", message);

/** The way that lost the race is not needed, should it be there after all. */
function closeLate(other: Promise<Transport>, kept: Transport | undefined): void {
  other.then(
    (way) => (way === kept ? undefined : way.close()),
    () => undefined,
  );
}

async function openAgentWay({ vm, os, tart, run }: Guest, signal: AbortSignal): Promise<Transport> {
  const controlSocket = join(tart.home, "vms", vm, "control.sock");
  const { openAgent } = await import("./agent/open.js");
  return await openAgent({ controlSocket, os, signal, runEnded: run.lost });
}

async function openSshWay(guest: Guest, settings: ConnectSettings, signal: AbortSignal): Promise<Transport> {
  return await openSshAt(await findAddress(guest.tart, guest.vm, sshPort, signal), guest, settings, signal);
}

async function openSshAt(
  host: string,
  { os, run, access = {} }: Guest,
  { username, password }: ConnectSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const { openSsh } = await import("./ssh/open.js");
  const { privateKey, hostKey } = access;
  const secret = privateKey === undefined ? { password } : { privateKey };
  const known = hostKey === undefined ? {} : { hostKey };
  return await openSsh({
    host,
    port: sshPort,
    username,
    os,
    signal,
    runEnded: run.lost,
    ...secret,
    ...known,
  });
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

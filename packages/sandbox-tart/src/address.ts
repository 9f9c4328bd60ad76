import { connect } from "node:net";
import { pause, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Tart } from "./engine.js";

/** Between two questions, in milliseconds: Tart takes more than a second to say that it cannot tell. */
const staggerMs = 400;
/** For one connection, in milliseconds: a guest that boots drops packets rather than refuse. */
const connectMs = 2_000;
/** For how long an address that was told is tried before it is asked for again, in milliseconds. */
const tryMs = 5_000;

/** In turn: the lease file, which soon knows a new guest, and now and then the guest itself where an agent answers. */
const resolvers = [[], [], ["--resolver", "agent"]] as const;

/**
 * The guest's address, as soon as something listens on the port there. It is never one of an earlier boot: Tart
 * gives the lease of a machine that does not run, so the caller sees to it that it does, and what is told is tried.
 */
export async function findAddress(
  tart: Tart,
  vm: string,
  port: number,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const address = await nextAddress(tart, vm, signal);
    const until = performance.now() + tryMs;
    for (let waitMs = 20; performance.now() < until; waitMs = Math.min(waitMs * 2, 200)) {
      if (await answers(address, port, signal)) return address;
      await pause(waitMs, signal);
    }
  }
}

/** The first address that Tart tells. Questions overlap, so that an answer is not waited for longer than need be. */
async function nextAddress(tart: Tart, vm: string, signal: AbortSignal): Promise<string> {
  const end = new AbortController();
  const limit = AbortSignal.any([signal, end.signal]);
  const asked: Promise<void>[] = [];
  try {
    return await new Promise<string>((resolve, reject) => {
      const ask = async (turn: number): Promise<void> => {
        const address = await askAddress(tart, vm, resolvers[turn % resolvers.length] ?? [], limit);
        if (address !== undefined) resolve(address);
      };
      void (async () => {
        for (let turn = 0; ; turn++) {
          asked.push(ask(turn).catch(reject));
          await pause(staggerMs, limit);
        }
      })().catch(reject);
    });
  } finally {
    end.abort(new Error("The address was told."));
    await Promise.all(asked);
  }
}

/** The guest's address, if Tart can tell it now. */
export async function currentAddress(tart: Tart, vm: string, signal: AbortSignal): Promise<string> {
  for (const resolver of [resolvers[0], resolvers[2]]) {
    const address = await askAddress(tart, vm, resolver, signal);
    if (address !== undefined) return address;
  }
  throw new SandboxError("engine_unavailable", "Tart does not know the address of the guest.", {
    hint: "The host's DHCP leases may be used up: `sandbox doctor` tells how long they last.",
  });
}

/** Undefined when there is none yet. An empty answer is none either (packer-plugin-tart#217). */
async function askAddress(
  tart: Tart,
  vm: string,
  resolver: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const address = (await tart.call(["ip", vm, ...resolver], { signal })).trim();
    return /^\d+(\.\d+){3}$/.test(address) ? address : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (SandboxError.is(error, "sandbox_not_found")) throw error;
    // Every other failure of `ip` says that it cannot tell yet, each resolver in its own words.
    return undefined;
  }
}

/** Whether something listens there. Refusals are what a guest gives until its server is up. */
function answers(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: connectMs });
    const end = (answered: boolean): void => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(answered);
    };
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EHOSTUNREACH" || process.platform !== "darwin") return end(false);
      signal.removeEventListener("abort", abort);
      reject(
        new SandboxError("permission_denied", `macOS does not let this program reach the guest at ${host}.`, {
          cause: error,
          hint: "Allow it under System Settings, Privacy & Security, Local Network, or use an image with the guest agent.",
        }),
      );
    });
  });
}

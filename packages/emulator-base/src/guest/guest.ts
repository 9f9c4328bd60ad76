import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { bootScript, closeFilesScript } from "../scripts.js";
import {
  connectGuest,
  disconnectGuest,
  filterOutput,
  GATEWAY,
  type HeldAddress,
  holdAddress,
  PREFIX_LENGTH,
} from "./network.js";
import { hostEnvironment } from "./run-program.js";

/** A directory or file of the host that a guest can mount. */
export interface Share {
  /** What the guest knows it by: `mount -t virtiofs TAG DIRECTORY`. */
  readonly tag: string;
  /** Where below the mounted directory it is; the mounted directory itself where there is none. */
  readonly name?: string;
  readonly path: string;
  readonly readOnly: boolean;
}

export interface GuestOptions {
  /** The guest's own files, made by `createDisk`. Only one guest at a time. */
  readonly disk: string;
  /** A directory with a program for each service; the guest sees it at `/run/guest/support`. */
  readonly support: string;
  /** A shell script in `support` that changes what the guest will see, in its root directory. Default none. */
  readonly prepare?: string;
  /** Default none. */
  readonly shares?: readonly Share[];
  /** Guests with the same seed get the same address where it is free. */
  readonly addressSeed: string;
  /** Whose guest it is, for `leftGuests`. */
  readonly owner: string;
}

/** What becomes of packets to a network. */
export interface FilterRule {
  /** `10.0.0.0/8` */
  readonly network: string;
  readonly verdict: "ACCEPT" | "DROP";
}

/** How a guest ended: by itself, or because it was killed. */
export type GuestEnd = "powered off" | "killed";

/** A guest that runs. It ends with the process that started it, however that ends. */
export interface Guest {
  /** The host's id of the guest's first process. */
  readonly pid: number;
  readonly address: string;
  /** The host's end of its network. */
  readonly link: string;
  /** Settles once nothing of it is left. */
  readonly ended: Promise<GuestEnd>;
  /** Starts the program of this name in `support`, as root and without waiting for it. Its output is in the guest's `/var/log`. */
  startService(name: string): void;
  /** The same, and waits for its end. Throws an `Error` when it fails. One at a time. */
  runService(name: string): Promise<void>;
  /** Lets packages to some networks out of the guest and not those to others: the first rule that fits counts. */
  filter(rules: readonly FilterRule[]): Promise<void>;
  /** Asks the guest's system to end. */
  powerOff(): void;
  /** Connects to a Unix socket in the guest; `path` is the guest's. */
  connect(path: string): Socket;
  /** Ends it at once; returns when nothing is left. */
  kill(): Promise<void>;
}

const POLL_MS = 2;

/**
 * Starts a guest. Needs root.
 *
 * @throws An `Error` with the words of the program that failed. Nothing is left then.
 */
export async function startGuest(options: GuestOptions): Promise<Guest> {
  const held = await holdAddress(options.addressSeed);
  try {
    return await startAt(held, options);
  } catch (error) {
    held.release();
    throw error;
  }
}

async function startAt(held: HeldAddress, options: GuestOptions): Promise<Guest> {
  const shares = (options.shares ?? []).flatMap(({ tag, name, path, readOnly }) => [
    tag,
    name ?? "-",
    path,
    readOnly ? "ro" : "rw",
  ]);
  const boot = [bootScript, options.disk, options.support, process.execPath, options.prepare ?? "-"];
  const child = spawn(
    // The first dies with this process, the second with the first, and all of the guest with the second.
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "--", "unshare", "--kill-child=KILL", "--fork", "--pid", "--mount", "--ipc"],
      ...["--uts", "--net", "--propagation", "private", "--", "perl", closeFilesScript],
      ...["/bin/sh", ...boot, ...shares],
    ],
    { env: hostEnvironment, cwd: "/", stdio: ["pipe", "pipe", "pipe"] },
  );
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4096);
  });
  // Told by its end.
  child.stdin.on("error", () => child.stdin.destroy());
  const over = endOf(child);
  const lines = createInterface({ input: child.stdout });
  const state: { pid?: number; link?: string } = {};
  const ended = over.then(async (end) => {
    // A guest's first process is the last of them to go.
    while (state.pid !== undefined && isAlive(state.pid)) await setTimeout(POLL_MS);
    if (state.link !== undefined) await disconnectGuest(state.link);
    held.release();
    return end;
  });
  try {
    await line(lines, "mounted", over, () => complaint);
    const pid = childOf(child.pid ?? 0);
    state.pid = pid;
    state.link = await connectGuest(pid, held.address, options.owner);
    child.stdin.write(`network ${held.address}/${PREFIX_LENGTH} ${GATEWAY}\n`);
    await line(lines, "network", over, () => complaint);
    return {
      pid,
      address: held.address,
      link: state.link,
      ended,
      startService: (name) => child.stdin.write(`service ${name}\n`),
      runService: async (name) => {
        child.stdin.write(`run ${name}\n`);
        await line(lines, "ran 0", over, () => `${name} failed; its output is in /var/log/${name}.log`);
      },
      filter: (rules) => filterOutput(pid, rules),
      powerOff: () => child.stdin.write("poweroff\n"),
      connect: (path) => connect({ path: `/proc/${pid}/root${path}` }),
      kill: async () => {
        child.kill("SIGKILL");
        await ended;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    throw error;
  }
}

async function endOf(child: ChildProcess): Promise<GuestEnd> {
  const [code] = (await once(child, "close")) as [number | null];
  return code === 0 ? "powered off" : "killed";
}

/** Waits for this line; the guest's end before it is an error with what was said on standard error. */
async function line(
  lines: Interface,
  wanted: string,
  over: Promise<GuestEnd>,
  complaint: () => string,
): Promise<void> {
  const came = once(lines, "line") as Promise<[string]>;
  const got = await Promise.race([came.then(([text]) => text), over.then(() => undefined)]);
  if (got !== wanted) throw new Error(`A guest failed: ${complaint().trim() || "no reason told"}`);
}

/** What has ended may wait for its parent to take notice. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function childOf(pid: number): number {
  const path = `/proc/${pid}/task/${pid}/children`;
  const first = existsSync(path) ? readFileSync(path, "utf8").trim().split(" ")[0] : undefined;
  if (!first) throw new Error("A guest ended while it started.");
  return Number(first);
}

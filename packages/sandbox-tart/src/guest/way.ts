import { randomBytes, randomInt } from "node:crypto";
import { abortable, type ProcessSpec } from "@nanoclaw/sandbox/adapter";
import type { Channel, ChannelListener, ChannelOptions } from "./channel.js";
import { GuestProcess } from "./guest-process.js";
import { killTree } from "./kill.js";
import { starterCommand, startLine } from "./starter.js";

/** A way into a guest that carries processes, and what is peculiar to it. */
export interface Way {
  readonly os: "darwin" | "linux";
  /** What it starts leads a process group of its own. On a terminal everything does. */
  readonly ownGroup: boolean;
  open(options: ChannelOptions, listener: ChannelListener, signal: AbortSignal): Promise<Channel>;
}

/** Starts a command, with our shell in the guest to watch over it. */
export async function startCommand(way: Way, spec: ProcessSpec, signal: AbortSignal): Promise<GuestProcess> {
  signal.throwIfAborted();
  const { argv, cwd, env = {}, user, tty } = spec;
  const { os } = way;
  const isTerminal = tty !== undefined;
  const secret = randomBytes(8).toString("hex");
  // Above any real limit and below what every shell can count.
  const mark = os === "linux" ? randomInt(2 ** 32, 2 ** 47) : undefined;
  const ownGroup = isTerminal || way.ownGroup;
  const ownSession = !isTerminal && os === "linux";
  const process = new GuestProcess({
    secret,
    tty: isTerminal,
    user,
    startLine: startLine({ argv, cwd, env, secret, mark, ownSession, tty: isTerminal }),
    kill: (target, name) =>
      killTree({ os, user, mark, root: target.root, ownGroup }, name, (killer) =>
        startCommand(way, killer, AbortSignal.timeout(killMs)),
      ),
  });
  const command = starterCommand({ tty: isTerminal, user });
  const channel = await way.open({ argv: command, tty }, process, signal);
  try {
    await abortable(process.start(channel), signal);
  } catch (error) {
    channel.cancel();
    throw error;
  }
  return process;
}

/** For the start of a process that kills, in milliseconds. */
const killMs = 30_000;

import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "../contract/error.js";
import type { ProcessSpec, RawProcess } from "../contract/process.js";
import { abortable } from "./abortable.js";
import type { CommandInput, CommandRun, Commands, GuestCommand } from "./commands.js";

/**
 * What a command wrote is in the pipe when its process has ended. What it left behind in the background may
 * hold the pipe for ever: after so long without output, or at the latest after so much time, it is the end.
 */
const quietMs = 250;
const drainMs = 2_000;

export interface EngineCommandsOptions {
  spawn(spec: ProcessSpec, signal: AbortSignal): Promise<RawProcess>;
  shell: string;
  secrets: Readonly<Record<string, string>>;
}

/** Commands by the engine's own exec, for engines whose exec is cheap or whose guest has no shell. */
export class EngineCommands implements Commands {
  readonly #options: EngineCommandsOptions;

  constructor(options: EngineCommandsOptions) {
    this.#options = options;
  }

  async start(command: GuestCommand, io: CommandInput, signal: AbortSignal): Promise<CommandRun> {
    const { spawn, shell, secrets } = this.#options;
    const { cwd, user } = command;
    const words = command.argv.map((each) => Buffer.from(each).toString());
    const argv = command.code ? [shell, "-c", command.code, "sandbox", ...words] : words;
    const process = await spawn(
      { argv, cwd, user, tty: io.tty, env: { ...secrets, ...command.env } },
      signal,
    );
    process.stdin.on("error", () => undefined);
    if (io.input !== "live") process.stdin.end(io.input === "none" ? undefined : io.input);
    let taking = false;
    let taken = 0;
    const output = (async () => {
      for await (const chunk of process.output) {
        taking = true;
        await io.sink(chunk);
        taking = false;
        taken++;
      }
    })();
    const ended = process.exited.then(async (exit) => {
      const drained = output.then(() => true);
      // A reader that takes its time stops both clocks.
      for (let seen = -1, left = drainMs; (seen !== taken || taking) && left > 0; ) {
        seen = taken;
        if (await Promise.race([drained, delay(quietMs, false, { ref: false })])) break;
        if (!taking) left -= quietMs;
      }
      return exit;
    });
    output.catch(() => undefined);
    ended.catch(() => undefined);
    const send = async (name: string, abort: AbortSignal): Promise<void> => {
      if (!process.kill) throw new SandboxError("adapter_fault", "The adapter gave a process without kill.");
      await abortable(process.kill(name), abort);
    };
    return {
      ended,
      stdin: io.input === "live" ? process.stdin : undefined,
      kill: (abort) => send("SIGKILL", abort),
      send,
      resize: async (size) => {
        if (!process.resize)
          throw new SandboxError("adapter_fault", "The adapter gave a terminal without resize.");
        await process.resize(size);
      },
    };
  }
}

import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "../contract/error.js";
import type { ProcessSpec, RawProcess } from "../contract/process.js";
import { abortable } from "./abortable.js";
import type { CommandInput, CommandRun, Commands, GuestCommand } from "./commands.js";

/** Without output for so long after its process has ended a command counts as silent, in milliseconds. */
const quietMs = 250;

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
    let chunks = 0;
    const output = (async () => {
      for await (const chunk of process.output) {
        await io.sink(chunk);
        chunks++;
      }
    })();
    const ended = process.exited.then(async (exit) => {
      // What it left behind in the background may hold its output for ever: silence is the end, too.
      for (let seen = -1; seen !== chunks; ) {
        seen = chunks;
        if (await Promise.race([output.then(() => true), delay(quietMs, false, { ref: false })])) break;
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

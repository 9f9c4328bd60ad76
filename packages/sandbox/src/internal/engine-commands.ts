import { SandboxError } from "../contract/error.js";
import type { ProcessSpec, RawProcess } from "../contract/process.js";
import { abortable } from "./abortable.js";
import type { CommandInput, CommandRun, Commands, GuestCommand } from "./commands.js";

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
    const argv = command.code ? [shell, "-c", command.code, "sandbox", ...command.argv] : command.argv;
    const process = await spawn(
      { argv, cwd, user, tty: io.tty, env: { ...secrets, ...command.env } },
      signal,
    );
    process.stdin.on("error", () => undefined);
    if (io.input !== "live") process.stdin.end(io.input === "none" ? undefined : io.input);
    const output = (async () => {
      for await (const chunk of process.output) await io.sink(chunk);
    })();
    const ended = Promise.all([process.exited, output]).then(([exit]) => exit);
    ended.catch(() => undefined);
    const send = async (name: string, abort: AbortSignal): Promise<void> => {
      if (!process.kill) throw new SandboxError("adapter_fault", "The adapter gave a process without kill.");
      await abortable(process.kill(name), abort);
    };
    return {
      ended,
      stdin: process.stdin,
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

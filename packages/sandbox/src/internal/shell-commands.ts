import { SandboxError } from "../contract/error.js";
import { abortable } from "./abortable.js";
import type { CommandInput, CommandRun, Commands, GuestCommand } from "./commands.js";
import type { Lane } from "./lane.js";
import type { Lanes } from "./lanes.js";
import type { Running } from "./running.js";

/** Input up to this size travels with the command; more gets a lane whose standard input it is. */
const inlineInput = 4096;

/** Commands by the main shell and the other lanes. */
export class ShellCommands implements Commands {
  readonly #lanes: Lanes;

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  async start(command: GuestCommand, io: CommandInput, signal: AbortSignal): Promise<CommandRun> {
    const { input, sink, tty } = io;
    const { user } = command;
    const live = input === "live" || (input !== "none" && input.length > inlineInput);
    if (!live && !tty) {
      const lane = await this.#lanes.acquire(user, signal);
      const running = lane.run(command, sink, input === "none" ? undefined : input);
      void running.left.then(() => this.#lanes.release(user, lane));
      return this.#run(command, lane, running);
    }
    const lane = tty
      ? await this.#lanes.openTerminal(user, tty, signal)
      : await this.#lanes.acquireOwn(user, signal);
    const running = lane.own(command, sink);
    const { stdin, ready } = running;
    if (input instanceof Uint8Array) stdin.end(input);
    const close = (): void =>
      lane.close(new SandboxError("sandbox_lost", "The lane ended with its command."));
    running.ended.then(close, close);
    await abortable(ready, signal);
    return { ...this.#run(command, lane, running), stdin: input === "live" ? stdin : undefined };
  }

  #run({ user }: GuestCommand, lane: Lane, running: Running): CommandRun {
    return {
      ended: running.ended,
      kill: (signal) => this.#lanes.end(user, running, signal),
      send: (name, signal) => this.#lanes.signal(user, running, name, signal),
      resize: (size) => lane.resize(size),
    };
  }
}

import { type OutputChunk, type RawProcess, SandboxError } from "@nanoclaw/sandbox/adapter";

/**
 * For each line that it reads it prints how often the kernel has killed in this control group for want of
 * memory: by cgroup v2's file, or by v1's. The shell's own commands alone, as the image may have no others.
 */
const script = `
while read -r _; do
  kills=unknown
  for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$file" ] || continue
    while read -r key value; do
      [ "$key" != oom_kill ] || kills=$value
    done <"$file"
    break
  done
  echo "$kills"
done`;

/**
 * Asks the kernel, by a shell in the guest that stays for the next question: the first answer takes an exec of
 * the engine, the others a millisecond. The engine's own events would come a moment late, and Podman has none.
 */
export class KillCounter {
  readonly #open: (argv: readonly string[], signal: AbortSignal) => Promise<RawProcess>;
  readonly #shell: string;
  #process: RawProcess | undefined;
  #output: AsyncIterator<OutputChunk> | undefined;
  /** One question at a time. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor(shell: string, open: (argv: readonly string[], signal: AbortSignal) => Promise<RawProcess>) {
    this.#shell = shell;
    this.#open = open;
  }

  /** Rejects with `unsupported` where the guest cannot see its control group. */
  async count(signal: AbortSignal): Promise<number> {
    const answer = this.#asked.then(() => this.#ask(signal));
    this.#asked = answer.catch(() => undefined);
    const text = await answer;
    if (/^\d+\n$/.test(text)) return Number(text);
    throw new SandboxError("unsupported", "The sandbox does not show how often memory ran out.");
  }

  async #ask(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (this.#process) {
      try {
        return await this.#line(this.#process, signal);
      } catch {
        // Killed by the guest, as anything in it can be. A new one tells if there is more to it.
        signal.throwIfAborted();
      }
    }
    const process = await this.#open([this.#shell, "-c", script], signal);
    this.#process = process;
    this.#output = process.output[Symbol.asyncIterator]();
    return await this.#line(process, signal);
  }

  async #line(process: RawProcess, signal: AbortSignal): Promise<string> {
    const abort = () => process.disconnect();
    signal.addEventListener("abort", abort, { once: true });
    try {
      process.stdin.write("\n");
      let text = "";
      while (!text.endsWith("\n")) {
        const next = await this.#output?.next();
        if (!next || next.done)
          throw new SandboxError("sandbox_lost", "The counter in the sandbox has ended.");
        text += Buffer.from(next.value.data).toString("latin1");
      }
      return text;
    } catch (error) {
      this.#process = undefined;
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}

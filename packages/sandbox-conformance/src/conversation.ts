import type { SandboxProcess } from "@nanoclaw/sandbox";

/** A spawned command that is read while one talks to it. */
export class Conversation {
  readonly process: SandboxProcess;
  /** Settles when its output has ended. */
  readonly over: Promise<void>;
  stdout = "";
  stderr = "";
  /** Which stream each chunk came from, and its text. */
  readonly chunks: { stream: "stdout" | "stderr"; text: string }[] = [];
  #failure: unknown;
  #ended = false;
  #listeners = new Set<() => void>();

  constructor(process: SandboxProcess) {
    this.process = process;
    this.over = this.#read();
  }

  say(text: string | Uint8Array): void {
    this.process.stdin.write(text);
  }

  /** Waits until the command has written this text on standard output or error. */
  async heard(text: string): Promise<void> {
    for (;;) {
      if (this.stdout.includes(text) || this.stderr.includes(text)) return;
      if (this.#ended) {
        const said = JSON.stringify({ stdout: this.stdout, stderr: this.stderr });
        throw new Error(`The command ended without saying ${JSON.stringify(text)}; it said ${said}.`, {
          cause: this.#failure,
        });
      }
      await new Promise<void>((resolve) => this.#listeners.add(resolve));
    }
  }

  async #read(): Promise<void> {
    try {
      for await (const { stream, data } of this.process) {
        const text = Buffer.from(data).toString("latin1");
        this[stream] += text;
        this.chunks.push({ stream, text });
        this.#tell();
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#ended = true;
      this.#tell();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

import { SandboxError } from "@nanoclaw/sandbox";
import { LineSplitter } from "./line-splitter.js";
import { type AgentProfile, recordOf } from "./profile.js";
import { isSessionId } from "./session-id.js";

/** Reads an agent's stream, cut anywhere, to its answer. */
export class AnswerReader {
  readonly #profile: AgentProfile;
  readonly #lines: LineSplitter;
  readonly #maxBytes: number;
  #text: string[] = [];
  #bytes = 0;
  sessionId: string | undefined;
  error: string | undefined;
  finished = false;
  /** Lines that are no messages. Some CLIs print a warning before their stream. */
  invalidLines = 0;

  constructor(profile: AgentProfile, maxBytes: number) {
    this.#profile = profile;
    this.#lines = new LineSplitter(maxBytes);
    this.#maxBytes = maxBytes;
  }

  get answer(): string {
    return this.#text.join("");
  }

  /** @throws SandboxError `resource_exhausted` when a line or the answer is too long. */
  push(chunk: Uint8Array): void {
    for (const line of this.#lines.push(chunk)) this.#read(line);
  }

  end(): void {
    for (const line of this.#lines.end()) this.#read(line);
  }

  #read(line: string): void {
    if (line.trim() === "") return;
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      message = undefined;
    }
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      this.invalidLines++;
      return;
    }
    const { sessionId, text, finished, error } = this.#profile.read(recordOf(message));
    if (isSessionId(sessionId)) this.sessionId = sessionId;
    if (text) this.#add(text.value, text.how);
    if (finished) this.finished = true;
    if (error !== undefined) this.error = error;
  }

  #add(value: string, how: "append" | "replace"): void {
    if (how === "replace") {
      this.#text = [];
      this.#bytes = 0;
    }
    this.#text.push(value);
    this.#bytes += Buffer.byteLength(value);
    if (this.#bytes <= this.#maxBytes) return;
    throw new SandboxError("resource_exhausted", `The answer has more than ${this.#maxBytes} bytes.`, {
      hint: "Raise maxOutputBytes if such answers are expected.",
    });
  }
}

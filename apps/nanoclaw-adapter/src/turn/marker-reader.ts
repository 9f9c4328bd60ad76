import { SandboxError } from "@nanoclaw/sandbox";
import { LineSplitter } from "../agents/line-splitter.js";
import { type ContainerOutput, parseOutput } from "./container-io.js";

const start = "---NANOCLAW_OUTPUT_START---";
const end = "---NANOCLAW_OUTPUT_END---";

/**
 * Reads the pairs of markers from an agent-runner's output, cut anywhere. A marker is a line of its own, so that an
 * answer which quotes one, inside its JSON string, does not end there.
 */
export class MarkerReader {
  readonly #lines: LineSplitter;
  readonly #maxBytes: number;
  #body: string[] | undefined;
  #bytes = 0;
  /** Bodies that are no output of the contract. */
  invalidPairs = 0;
  /** Of what is outside of markers, for runners that print no markers. */
  lastLine = "";

  constructor(maxBytes: number) {
    this.#lines = new LineSplitter(maxBytes);
    this.#maxBytes = maxBytes;
  }

  /** @throws SandboxError `resource_exhausted` when a line or a pair is too long. */
  push(chunk: Uint8Array): ContainerOutput[] {
    return this.#read(this.#lines.push(chunk));
  }

  end(): ContainerOutput[] {
    return this.#read(this.#lines.end());
  }

  #read(lines: readonly string[]): ContainerOutput[] {
    const outputs: ContainerOutput[] = [];
    for (const line of lines) {
      const trimmed = line.trim();
      if (trimmed === start) {
        if (this.#body) this.invalidPairs++;
        this.#body = [];
        this.#bytes = 0;
      } else if (trimmed === end && this.#body) {
        const output = parseOutput(this.#body.join("\n"));
        if (output) outputs.push(output);
        else this.invalidPairs++;
        this.#body = undefined;
      } else if (this.#body) {
        this.#body.push(line);
        this.#bytes += Buffer.byteLength(line) + 1;
        if (this.#bytes > this.#maxBytes) {
          throw new SandboxError("resource_exhausted", `An answer has more than ${this.#maxBytes} bytes.`, {
            hint: "Raise maxOutputBytes if such answers are expected.",
          });
        }
      } else if (trimmed !== "") this.lastLine = line;
    }
    return outputs;
  }
}

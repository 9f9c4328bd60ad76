import { randomBytes } from "node:crypto";
import { appendFile, mkdir, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";

/** When the file has grown to this it becomes the old one, and a new one begins. */
const longestBytes = 4 * 1024 * 1024;
const deepestCause = 5;

/** What the host must not be told in the engine's words: a JSON object a line, in a file of the user alone. */
export class DriverLog {
  readonly file: string;
  #last: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.file = file;
  }

  write(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const line = `${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`;
    // A log that cannot be written must not end a session.
    this.#last = this.#last.then(() => append(this.file, line)).catch(() => undefined);
  }

  /** Writes an error with its causes, and gives the reference by which it is found. */
  writeError(error: unknown, fields: Readonly<Record<string, unknown>> = {}): string {
    const reference = `mixed-${randomBytes(6).toString("hex")}`;
    this.write("error", { reference, ...fields, error: told(error, deepestCause) });
    return reference;
  }

  /** Returns when all that was written is in the file. */
  async written(): Promise<void> {
    await this.#last;
  }
}

async function append(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > longestBytes) await rename(file, `${file}.old`);
  await appendFile(file, line, { mode: 0o600 });
}

function told(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return String(error);
  const fields = SandboxError.is(error) ? error.toJSON() : { name: error.name, message: error.message };
  const cause = error.cause === undefined || depth === 0 ? undefined : told(error.cause, depth - 1);
  return { ...fields, cause };
}

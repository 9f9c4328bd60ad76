import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Parsed } from "./arguments/parsed.js";
import { complaint, readArguments } from "./arguments/read.js";
import { loadCommand, takesSignals } from "./commands/all.js";
import { RuntimeFailure, SystemFailure, ValidationFailure } from "./failures.js";
import { openHome } from "./store/home.js";
import { readSettings } from "./store/settings.js";
import { collectGarbage } from "./store/temporary.js";

/** Runs the program and tells its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const settings = readSettings(resolve(process.env.TART_HOME ?? join(homedir(), ".tart")));
  const outcome = readArguments(argv, settings);
  if (outcome.type === "text") return write(process.stdout, outcome.text, 0);
  if (outcome.type === "refused") return write(process.stderr, outcome.text, 64);
  try {
    return await runCommand(outcome.parsed);
  } catch (error) {
    return report(error);
  }
}

async function runCommand(parsed: Parsed): Promise<number> {
  const interruption = new AbortController();
  if (!takesSignals.has(parsed.command)) {
    process.on("SIGINT", () => interruption.abort(new SystemFailure("CancellationError()")));
  }
  const home = openHome(process.env, interruption.signal);
  if (parsed.command !== "clone" && parsed.command !== "pull") await collectGarbage(home);
  const load = loadCommand[parsed.command];
  if (load === undefined) throw new Error(`${parsed.command} is not emulated`);
  try {
    return await (await load()).run(parsed, home);
  } catch (error) {
    // Programs that were started on the way complain in their own words about being stopped.
    interruption.signal.throwIfAborted();
    throw error;
  }
}

function report(error: unknown): Promise<number> {
  if (error instanceof ValidationFailure) return write(process.stderr, complaint(error), 64);
  if (error instanceof RuntimeFailure) return write(process.stderr, error.message, error.exitCode);
  const text = error instanceof Error ? error.message : String(error);
  return write(process.stderr, `Error: ${text}`, 1);
}

/** Waits until the text is out, which at a pipe is later than the call. */
function write(stream: NodeJS.WriteStream, text: string, exitCode: number): Promise<number> {
  return new Promise((done) => stream.write(`${text}\n`, () => done(exitCode)));
}

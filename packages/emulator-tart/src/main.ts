import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Answer, complaint, readArguments } from "@nanoclaw/emulator-base";
import type { Parsed } from "./arguments/parsed.js";
import { tart } from "./arguments/program.js";
import { loadCommand, takesSignals } from "./commands/all.js";
import { RuntimeFailure, SystemFailure, ValidationFailure } from "./failures.js";
import { openHome } from "./store/home.js";
import { type EmulatorSettings, readSettings } from "./store/settings.js";
import { collectGarbage } from "./store/temporary.js";

/** Runs the program and tells its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const settings = readSettings(resolve(process.env.TART_HOME ?? join(homedir(), ".tart")));
  const outcome = readArguments(tart, argv, settings);
  if (outcome.type === "answer") return tell(outcome);
  try {
    return await runCommand(outcome.parsed);
  } catch (error) {
    return report(error, settings);
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

function report(error: unknown, settings: EmulatorSettings): number {
  if (error instanceof ValidationFailure) return tell(complaint(tart, error, settings));
  if (error instanceof RuntimeFailure)
    return tell({ exitCode: error.exitCode, stderr: `${error.message}\n` });
  const text = error instanceof Error ? error.message : String(error);
  return tell({ exitCode: 1, stderr: `Error: ${text}\n` });
}

/** Files, terminals and pipes are written to at once on the systems that this runs on. */
function tell({ exitCode, stdout = "", stderr = "" }: Answer): number {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return exitCode;
}

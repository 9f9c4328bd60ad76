import {
  type Answer,
  complaint,
  type Parsed,
  readArguments,
  ValidationFailure,
} from "@nanoclaw/emulator-base";
import { container } from "./arguments/program.js";
import { loadCommand, takesSignals } from "./commands/all.js";
import { type Context, openContext } from "./context.js";
import { AggregateFailure, connectionIsLost, textOf } from "./failures.js";
import { faultStrikes } from "./state/faults.js";
import { isServiceUp } from "./state/service-socket.js";
import type { EmulatorSettings } from "./state/settings.js";

/** Runs the program and tells its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const context = openContext(process.env);
  requireKnownCommands(context.settings);
  const outcome = readArguments(container, argv, context.settings);
  if (outcome.type === "answer") return tell(outcome);
  try {
    refuseTranslation(context);
    return await runCommand(outcome.parsed, context);
  } catch (error) {
    return report(error, context.settings);
  }
}

async function runCommand(parsed: Parsed, context: Context): Promise<number> {
  if (!takesSignals.has(parsed.command)) exitOnSignals();
  if (faultStrikes(context.home, context.settings, `hang-${parsed.command.replaceAll(" ", "-")}`)) {
    await forever();
  }
  await loseConnection(parsed.command, context);
  const load = loadCommand[parsed.command];
  if (load === undefined) throw new Error(`${parsed.command} is not emulated`);
  return (await load()).run(parsed, context);
}

/** A test with a typo must not pass. */
function requireKnownCommands({ faults }: EmulatorSettings): void {
  const known = Object.keys(loadCommand).map((command) => command.replaceAll(" ", "-"));
  for (const fault of faults) {
    const command = /^(?:hang|interrupt)-([a-z-]+?)(:\d+)?$/.exec(fault)?.[1];
    if (command !== undefined && !known.includes(command)) {
      throw new Error(`emulator.json: ${fault} names no command`);
    }
  }
}

/** As a Node built for Intel makes it happen (apple-container.md §1.3). */
function refuseTranslation({ home, settings }: Context): void {
  if (!faultStrikes(home, settings, "rosetta")) return;
  throw new ValidationFailure(
    "`container` is currently running under Rosetta Translation, which could be\n" +
      "caused by your terminal application. Please ensure this is turned off.",
  );
}

/** The program ends with a code of its own, not by the signal. */
function exitOnSignals(): void {
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
}

/** What concerns no container is done by the program itself, so that the service cannot break off there. */
async function loseConnection(command: string, { home, settings }: Context): Promise<void> {
  if (!/^(image|network|volume) /.test(command) || !(await isServiceUp(home))) return;
  if (faultStrikes(home, settings, `interrupt-${command.replace(" ", "-")}`)) throw connectionIsLost();
}

function forever(): Promise<never> {
  const dayMs = 86_400_000;
  return new Promise(() => setInterval(() => undefined, dayMs));
}

function report(error: unknown, settings: EmulatorSettings): number {
  if (error instanceof ValidationFailure) return tell(complaint(container, error, settings));
  const text = error instanceof AggregateFailure ? error.message : textOf(error);
  return tell({ exitCode: 1, stderr: `Error: ${text}\n` });
}

/** Files, terminals and pipes are written to at once on the systems that this runs on. */
function tell({ exitCode, stdout = "", stderr = "" }: Answer): number {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return exitCode;
}

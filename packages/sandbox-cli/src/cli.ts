#!/usr/bin/env node
import { CommanderError } from "commander";
import { closeOptionalValues } from "./command-line/optional-values.js";
import { UsageError } from "./command-line/usage-error.js";
import { exitCodeOf, listenForInterrupt } from "./interrupt.js";
import { createProgram } from "./program.js";
import { ClosedPipe, flushOutput, notice, surviveClosedPipes } from "./terminal/output.js";

const USAGE_ERROR = 2;

let verbose = false;
surviveClosedPipes();
const interrupt = listenForInterrupt();
const exitCode = await main(process.argv.slice(2)).catch(tell);
await flushOutput();
// Not by itself: standard input or a connection of the engine's may still be open.
process.exit(interrupt.exitCode ?? exitCode);

async function main(words: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram(
    interrupt.signal,
    (code) => {
      exitCode = code;
    },
    () => {
      verbose = true;
    },
  );
  const [name = "", ...rest] = words;
  const command = program.commands.find((each) => each.name() === name);
  await program.parseAsync(command ? [name, ...closeOptionalValues(command, rest)] : [...words], {
    from: "user",
  });
  return exitCode;
}

async function tell(error: unknown): Promise<number> {
  if (error instanceof UsageError) {
    notice(`sandbox: ${error.message}`);
    return USAGE_ERROR;
  }
  // Commander has printed its own.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  if (error instanceof ClosedPipe) return exitCodeOf("SIGPIPE");
  const { isInterruption, OWN_FAILURE, tellFailure } = await import("./failure.js");
  if (interrupt.exitCode !== undefined && isInterruption(error)) return interrupt.exitCode;
  tellFailure(error, verbose);
  return OWN_FAILURE;
}

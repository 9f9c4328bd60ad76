#!/usr/bin/env node
import { CommanderError } from "commander";
import { interruptExitCode } from "./command-line/interrupt.js";
import { createProgram } from "./program.js";

const OWN_FAILURE = 1;
const USAGE_ERROR = 2;

// Without a listener a closed pipe would end this program before it has cleaned up.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
const failed = await main();
// Not by itself: a connection of an engine's may still be open.
process.exit(interruptExitCode() ?? failed ?? process.exitCode);

async function main(): Promise<number | undefined> {
  try {
    await createProgram().parseAsync();
    return undefined;
  } catch (error) {
    // Commander has printed its own.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    if (interruptExitCode() !== undefined) return undefined;
    const { tellFailure } = await import("./command-line/failure.js");
    await tellFailure(error);
    return OWN_FAILURE;
  }
}

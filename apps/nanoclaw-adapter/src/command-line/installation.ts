import type { Command } from "commander";
import { type Installation, installationAt } from "../installation.js";

/** The installation that a command is about: `--root`, else the working directory. */
export function installationOf(command: Command): Installation {
  const { root } = command.optsWithGlobals<{ root?: string }>();
  return installationAt({ root });
}

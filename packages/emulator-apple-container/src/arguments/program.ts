import type { ProgramDefinition } from "@nanoclaw/emulator-base";
import { versionLine } from "../state/release.js";
import type { EmulatorSettings } from "../state/settings.js";
import { containerCommands } from "./container-commands.js";
import { flag, positional } from "./define.js";
import { imageCommand } from "./image-commands.js";
import { debug } from "./shared-options.js";
import { systemCommand } from "./system-command.js";

/** The program, for the rules by which arguments are read. */
export const container: ProgramDefinition<EmulatorSettings> = {
  command: {
    name: "container",
    abstract: "Runs containers: a stand-in for tests, on Linux.",
    arguments: [debug],
    subcommands: [
      ...containerCommands,
      imageCommand,
      systemCommand,
      {
        name: "help",
        abstract: "Show help of a command",
        hidden: true,
        arguments: [
          { ...flag("h help", ""), hidden: true },
          positional("subcommands", "", { optional: true, repeating: true }),
        ],
      },
    ],
    fallback: {
      name: "plugin",
      abstract: "What other words mean",
      hidden: true,
      arguments: [positional("words", "", { optional: true, repeating: true, passThrough: true })],
    },
  },
  version: versionLine,
};

import type { ProgramDefinition } from "@nanoclaw/emulator-base";
import { versionLine } from "../state/release.js";
import type { EmulatorSettings } from "../state/settings.js";
import { buildCommand, builderCommand, machineCommand } from "./build-commands.js";
import { containerCommands } from "./container-commands.js";
import { flag, positional } from "./define.js";
import { imageCommand } from "./image-commands.js";
import { networkCommand } from "./network-command.js";
import { registryCommand } from "./registry-command.js";
import { debug } from "./shared-options.js";
import { systemCommand } from "./system-command.js";
import { volumeCommand } from "./volume-command.js";

/** The program, for the rules by which arguments are read. */
export const container: ProgramDefinition<EmulatorSettings> = {
  command: {
    name: "container",
    abstract: "Runs containers: a stand-in for tests, on Linux.",
    arguments: [debug],
    subcommands: [
      ...containerCommands,
      buildCommand,
      imageCommand,
      registryCommand,
      machineCommand,
      volumeCommand,
      builderCommand,
      networkCommand,
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

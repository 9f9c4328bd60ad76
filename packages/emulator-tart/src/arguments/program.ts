import type { ProgramDefinition } from "@nanoclaw/emulator-base";
import type { EmulatorSettings } from "../store/settings.js";
import { commands } from "./table.js";

/** The program, for the rules by which arguments are read. */
export const tart: ProgramDefinition<EmulatorSettings> = {
  command: {
    name: "tart",
    abstract: "Runs virtual machines: a stand-in for tests, on Linux.",
    arguments: [],
    subcommands: commands,
  },
  version: ({ version }) => version,
};

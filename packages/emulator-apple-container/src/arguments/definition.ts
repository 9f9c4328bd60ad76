import type * as base from "@nanoclaw/emulator-base";
import type { EmulatorSettings } from "../state/settings.js";

export type ArgumentDefinition = base.ArgumentDefinition<EmulatorSettings>;
export type CommandDefinition = base.CommandDefinition<EmulatorSettings>;
export type FlagDefinition = base.FlagDefinition<EmulatorSettings>;
export type OptionDefinition = base.OptionDefinition<EmulatorSettings>;
export type PositionalDefinition = base.PositionalDefinition<EmulatorSettings>;

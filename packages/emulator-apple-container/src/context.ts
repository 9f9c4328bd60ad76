import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Parsed } from "@nanoclaw/emulator-base";
import { type EmulatorSettings, readSettings } from "./state/settings.js";

/** The directory with everything that an installation keeps, and how it behaves. */
export interface Context {
  /** CONTAINER_EMULATOR_HOME, which stands for the app root. */
  readonly home: string;
  readonly settings: EmulatorSettings;
  /** The environment of the client, which variables without a value are copied from. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Runs one command and tells its exit code. Throws one of `failures.ts` for what is told on stderr. */
export type Command = (parsed: Parsed, context: Context) => Promise<number>;

/** Reads the settings anew; throws where they are damaged. */
export function openContext(environment: NodeJS.ProcessEnv): Context {
  const home = resolve(environment.CONTAINER_EMULATOR_HOME ?? join(homedir(), ".container-emulator"));
  return { home, settings: readSettings(home), environment };
}

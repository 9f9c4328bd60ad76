import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { systemPaths } from "./system-paths.js";

export interface LocalOptions {
  /** Name or path of the program. Default: `bwrap`, looked up in `PATH`. */
  bubblewrap?: string;
  /**
   * What the guest sees of the host, read-only: directories and files, by absolute path. Replaces the default,
   * `systemPaths`, of which the host need not have everything. Whatever else is named must exist.
   */
  readOnlyPaths?: readonly string[];
  /**
   * Where it is recorded which sandboxes there are.
   * Default: `$XDG_STATE_HOME/nanoclaw-sandbox/local`, `~/.local/state` for want of the variable.
   */
  stateDirectory?: string;
}

export type Settings = Required<LocalOptions>;

const optionNames = ["bubblewrap", "readOnlyPaths", "stateDirectory"] satisfies (keyof LocalOptions)[];

/** Options checked and completed. */
export function settingsFrom(options: LocalOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!(optionNames as string[]).includes(name)) {
      refuse(`local has no option ${JSON.stringify(name)}.`, `Known are ${optionNames.join(", ")}.`);
    }
  }
  const { bubblewrap = "bwrap", readOnlyPaths = systemPaths, stateDirectory = stateDefault() } = options;
  if (bubblewrap === "") refuse("bubblewrap is empty.", 'Leave it out, or write "/usr/bin/bwrap".');
  for (const path of [...readOnlyPaths, stateDirectory]) {
    if (typeof path === "string" && isAbsolute(path) && !/[\0\n]/.test(path)) continue;
    refuse(`${JSON.stringify(path)} is not an absolute path.`, "Write it from the root on.");
  }
  return {
    bubblewrap,
    readOnlyPaths: readOnlyPaths.map((path) => resolve(path)),
    stateDirectory: resolve(stateDirectory),
  };
}

function stateDefault(): string {
  const base = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return join(base, "nanoclaw-sandbox", "local");
}

function refuse(message: string, hint: string): never {
  throw new SandboxError("invalid_argument", message, { hint });
}

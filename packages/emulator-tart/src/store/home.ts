import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { RuntimeFailure } from "../failures.js";
import { type EmulatorSettings, readSettings } from "./settings.js";

/** The directory with everything that an installation keeps, and what the command that runs was told about it. */
export interface TartHome {
  readonly path: string;
  /** Local machines, a directory each. */
  readonly vms: string;
  /** Images from registries: `HOST/NAMESPACE/sha256:…`, and tags that are links to them. */
  readonly ociCache: string;
  readonly ipswCache: string;
  /** Unfinished work, taken away by the next command once nobody holds it. */
  readonly tmp: string;
  /** What is to be found in registries: `HOST/NAMESPACE/TAG`. */
  readonly registry: string;
  readonly settings: EmulatorSettings;
  /** Aborted by SIGINT, but for commands that take signals themselves. */
  readonly interrupted: AbortSignal;
}

/** Makes what is missing, as every command does first. */
export function openHome(environment: NodeJS.ProcessEnv, interrupted: AbortSignal): TartHome {
  const path = resolve(environment.TART_HOME ?? join(homedir(), ".tart"));
  makeHome(path);
  const home = {
    path,
    vms: join(path, "vms"),
    ociCache: join(path, "cache/OCIs"),
    ipswCache: join(path, "cache/IPSWs"),
    tmp: join(path, "tmp"),
    registry: join(path, "emulator-registry"),
    settings: readSettings(path),
    interrupted,
  };
  for (const directory of [home.vms, home.ociCache, home.ipswCache, home.tmp]) {
    mkdirSync(directory, { recursive: true });
  }
  return home;
}

function makeHome(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const missing = firstMissing(path);
    throw new RuntimeFailure(
      `TART_HOME is invalid: ${missing} does not exist, yet we can't create it: ${String(error)}`,
    );
  }
}

function firstMissing(path: string): string {
  return existsSync(dirname(path)) ? path : firstMissing(dirname(path));
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { installEmulator, type TartEmulator } from "../src/emulator.js";
import { hold, type Lock } from "../src/store/locks.js";
import type { VmConfig } from "../src/store/vm-config.js";
import { VmDirectory } from "../src/store/vm-directory.js";

/** A new emulator for each test of a `describe`, with a macOS image `base` and a Linux image `linux`. */
export function useEmulator(): { readonly emulator: TartEmulator } {
  const used: { emulator?: TartEmulator } = {};
  beforeEach(async () => {
    used.emulator = await installEmulator();
    used.emulator.image({ name: "base", os: "darwin", agent: "new" });
    used.emulator.image({ name: "linux", os: "linux", agent: "old" });
  });
  afterEach(() => used.emulator?.[Symbol.asyncDispose]());
  return {
    get emulator() {
      if (used.emulator === undefined) throw new Error("no test runs");
      return used.emulator;
    },
  };
}

export function machine(emulator: Pick<TartEmulator, "home">, name: string): VmDirectory {
  return new VmDirectory(join(emulator.home, "vms", name));
}

export function configOf(emulator: Pick<TartEmulator, "home">, name: string): VmConfig {
  return JSON.parse(readFileSync(machine(emulator, name).config, "utf8"));
}

/** Makes this process the one that runs a machine, as far as others can tell. */
export async function pretendToRun(emulator: Pick<TartEmulator, "home">, name: string): Promise<Lock> {
  const lock = await hold(machine(emulator, name).config);
  if (lock === undefined) throw new Error(`${name} runs already`);
  return lock;
}

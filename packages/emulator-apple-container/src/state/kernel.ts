import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContainerFailure } from "../failures.js";
import type { EmulatorSettings } from "./settings.js";

/** Whether guests have a kernel: by the settings, or installed since. */
export function hasKernel(home: string, settings: EmulatorSettings): boolean {
  return settings.kernel || existsSync(kernelOf(home));
}

export function installKernel(home: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(kernelOf(home), "");
}

/** For step 6 of a run (apple-container.md §4.1). `path` is that of `--kernel`. */
export function requireKernel(home: string, settings: EmulatorSettings, path: string | undefined): void {
  if (path !== undefined && !existsSync(path)) {
    throw new ContainerFailure("notFound", `kernel file not found at path ${path}`);
  }
  if (path !== undefined || hasKernel(home, settings)) return;
  throw new ContainerFailure(
    "notFound",
    "default kernel not configured for architecture arm64, please use the `container system kernel set` command to configure it",
  );
}

function kernelOf(home: string): string {
  return join(home, "kernel.installed");
}

import type { Command } from "../context.js";
import { containerCommands } from "./containers.js";

/** Loads one command alone: a start has to be quick, and most commands need little. */
export const loadCommand: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  ...containerCommands,
  "image inspect": () => import("./image-inspect.js"),
  "image list": () => import("./image-list.js"),
  "image pull": () => import("./image-pull.js"),
  plugin: () => import("./plugin.js"),
  "system version": () => import("./system-version.js"),
};

/** Those that take signals themselves. */
export const takesSignals: ReadonlySet<string> = new Set(["run", "start", "exec"]);

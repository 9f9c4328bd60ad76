import type { Command } from "../arguments/parsed.js";

/** Loads one command alone: a start has to be quick, and most commands need little. */
export const loadCommand: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  clone: () => import("./clone.js"),
  create: () => import("./create.js"),
  delete: () => import("./delete.js"),
  export: () => import("./export.js"),
  fqn: () => import("./fqn.js"),
  get: () => import("./get.js"),
  import: () => import("./import.js"),
  list: () => import("./list.js"),
  login: () => import("./login.js"),
  logout: () => import("./logout.js"),
  prune: () => import("./prune.js"),
  pull: () => import("./pull.js"),
  push: () => import("./push.js"),
  rename: () => import("./rename.js"),
  set: () => import("./set.js"),
};

/** Those that take signals themselves. */
export const takesSignals: ReadonlySet<string> = new Set(["run", "exec"]);

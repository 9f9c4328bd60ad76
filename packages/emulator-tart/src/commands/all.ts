import type { Command } from "../arguments/parsed.js";

/** Loads one command alone: a start has to be quick, and most commands need little. */
export const loadCommand: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  clone: () => import("./clone.js"),
  create: () => import("./create.js"),
  delete: () => import("./delete.js"),
  exec: () => import("./exec.js"),
  export: () => import("./export.js"),
  fqn: () => import("./fqn.js"),
  get: () => import("./get.js"),
  import: () => import("./import.js"),
  ip: () => import("./ip.js"),
  list: () => import("./list.js"),
  login: () => import("./login.js"),
  logout: () => import("./logout.js"),
  prune: () => import("./prune.js"),
  pull: () => import("./pull.js"),
  push: () => import("./push.js"),
  rename: () => import("./rename.js"),
  run: () => import("./run.js"),
  set: () => import("./set.js"),
  stop: () => import("./stop.js"),
  suspend: () => import("./suspend.js"),
};

/** Those that take signals themselves. */
export const takesSignals: ReadonlySet<string> = new Set(["run", "exec"]);

import type { Command } from "../context.js";

/** The commands about containers: those that talk to the service for all that they do. */
export const containerCommands: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  copy: () => import("./copy.js"),
  create: () => import("./create.js"),
  delete: () => import("./delete.js"),
  exec: () => import("./exec.js"),
  export: () => import("./export.js"),
  inspect: () => import("./inspect.js"),
  kill: () => import("./kill.js"),
  list: () => import("./list.js"),
  logs: () => import("./logs.js"),
  prune: () => import("./prune.js"),
  run: () => import("./run.js"),
  start: () => import("./start.js"),
  stats: () => import("./stats.js"),
  stop: () => import("./stop.js"),
};

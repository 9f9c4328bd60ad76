import type { Command } from "../context.js";
import { containerCommands } from "./containers.js";

/** Loads one command alone: a start has to be quick, and most commands need little. */
export const loadCommand: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  ...containerCommands,
  "builder delete": async () => ({ run: (await import("./builder.js")).remove }),
  "builder status": async () => ({ run: (await import("./builder.js")).status }),
  "builder stop": async () => ({ run: (await import("./builder.js")).stop }),
  "image delete": () => import("./image-delete.js"),
  "image inspect": () => import("./image-inspect.js"),
  "image list": () => import("./image-list.js"),
  "image load": () => import("./image-load.js"),
  "image prune": () => import("./image-prune.js"),
  "image pull": () => import("./image-pull.js"),
  "image push": () => import("./image-push.js"),
  "image save": () => import("./image-save.js"),
  "image tag": () => import("./image-tag.js"),
  "network create": () => import("./network-create.js"),
  "network delete": () => import("./network-delete.js"),
  "network inspect": () => import("./network-inspect.js"),
  "network list": () => import("./network-list.js"),
  "network prune": () => import("./network-prune.js"),
  plugin: () => import("./plugin.js"),
  "registry list": () => import("./registry-list.js"),
  "registry login": () => import("./registry-login.js"),
  "registry logout": () => import("./registry-logout.js"),
  "system df": () => import("./system-df.js"),
  "system dns create": async () => ({ run: (await import("./system-dns.js")).create }),
  "system dns delete": async () => ({ run: (await import("./system-dns.js")).remove }),
  "system dns list": async () => ({ run: (await import("./system-dns.js")).list }),
  "system kernel set": () => import("./system-kernel-set.js"),
  "system logs": () => import("./system-logs.js"),
  "system property list": () => import("./system-property-list.js"),
  "system start": () => import("./system-start.js"),
  "system status": () => import("./system-status.js"),
  "system stop": () => import("./system-stop.js"),
  "system version": () => import("./system-version.js"),
  "volume create": () => import("./volume-create.js"),
  "volume delete": () => import("./volume-delete.js"),
  "volume inspect": () => import("./volume-inspect.js"),
  "volume list": () => import("./volume-list.js"),
  "volume prune": () => import("./volume-prune.js"),
};

/** Those that take signals themselves. */
export const takesSignals: ReadonlySet<string> = new Set(["run", "start", "exec"]);

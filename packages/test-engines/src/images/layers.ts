import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { findProgram } from "../prerequisites.js";
import { buildDebian, debianRecipe } from "./debian.js";
import { buildNode, nodeRecipe } from "./node-layer.js";
import { runProgram } from "./run-program.js";
import { buildSqlite, sqliteRecipe } from "./sqlite-layer.js";

export type LayerName = "busybox" | "debian" | "sh-is-bash" | "no-shell" | "configured" | "node" | "sqlite";

/** One set of files that images are made of. */
export interface LayerRecipe {
  /** What the result depends on besides `revision`, as text. */
  inputs(): string;
  /** To be changed with `build`. */
  readonly revision: number;
  /** Puts the files into an empty directory. `debian` is a directory with that layer, for those that stand on it. */
  build(directory: string, debian: () => Promise<string>): Promise<void>;
}

const NO_SHELL_PROGRAMS = ["echo", "env", "sleep", "true"];

export const layerRecipes: Readonly<Record<LayerName, LayerRecipe>> = {
  busybox: {
    revision: 1,
    inputs: busyboxVersion,
    build: async (directory) => {
      addBasics(directory);
      mkdirSync(join(directory, "bin"));
      copyFileSync(busyboxPath(), join(directory, "bin/busybox"));
      const applets = (await runProgram(busyboxPath(), ["--list"])).split("\n").filter((name) => name !== "");
      for (const applet of applets) {
        if (applet !== "busybox") symlinkSync("busybox", join(directory, "bin", applet));
      }
    },
  },

  debian: { revision: 1, inputs: debianRecipe, build: (directory) => buildDebian(directory) },

  "sh-is-bash": {
    revision: 1,
    inputs: () => "",
    build: async (directory) => {
      mkdirSync(join(directory, "usr/bin"), { recursive: true });
      symlinkSync("bash", join(directory, "usr/bin/sh"));
    },
  },

  "no-shell": {
    revision: 1,
    inputs: busyboxVersion,
    build: async (directory) => {
      addBasics(directory);
      mkdirSync(join(directory, "bin"));
      // busybox is what it is called, so without the names of its shells it has none.
      copyFileSync(busyboxPath(), join(directory, "bin/cat"));
      for (const name of NO_SHELL_PROGRAMS)
        linkSync(join(directory, "bin/cat"), join(directory, "bin", name));
    },
  },

  configured: {
    revision: 1,
    inputs: debianRecipe,
    build: async (directory, debian) => {
      const base = await debian();
      for (const [path, line] of [
        ["etc/passwd", "agent:x:1000:1000::/home/agent:/bin/sh\n"],
        ["etc/group", "agent:x:1000:\n"],
      ] as const) {
        mkdirSync(join(directory, "etc"), { recursive: true });
        writeFileSync(join(directory, path), readFileSync(join(base, path), "utf8") + line);
      }
      for (const path of ["home/agent", "home/agent/work", "data"]) {
        mkdirSync(join(directory, path), { recursive: true });
        chownSync(join(directory, path), 1000, 1000);
      }
      mkdirSync(join(directory, "usr/local/bin"), { recursive: true });
      const entryPoint = join(directory, "usr/local/bin/entry-point");
      writeFileSync(entryPoint, '#!/bin/sh\necho "entry point" >&2\nexec "$@"\n');
      chmodSync(entryPoint, 0o755);
    },
  },

  node: { revision: 1, inputs: () => `${debianRecipe()}\n${nodeRecipe()}`, build: buildNode },

  sqlite: { revision: 1, inputs: () => `${debianRecipe()}\n${sqliteRecipe()}`, build: buildSqlite },
};

/** The directories and names that programs expect to be there. */
function addBasics(directory: string): void {
  for (const name of ["dev", "etc", "home", "proc", "root", "sys", "tmp"]) mkdirSync(join(directory, name));
  chmodSync(join(directory, "tmp"), 0o1777);
  chmodSync(join(directory, "root"), 0o700);
  writeFileSync(
    join(directory, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
  );
  writeFileSync(join(directory, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
}

function busyboxPath(): string {
  const path = findProgram("busybox");
  if (path === undefined) throw new Error("busybox not found; it is in Debian's package busybox-static");
  return path;
}

function busyboxVersion(): string {
  return (
    readFileSync(busyboxPath())
      .toString("latin1")
      .match(/BusyBox v[^\0\n]+/)?.[0] ?? ""
  );
}

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Command } from "../arguments/parsed.js";
import { RuntimeFailure } from "../failures.js";
import { filesOf } from "../store/copy.js";
import { openLocal } from "../store/vm-directory.js";

/** Archives are made by `tar`, where the program that is imitated uses Apple's own format. */
export const run: Command = async (parsed, home) => {
  const name = parsed.text("name");
  const machine = openLocal(home, name);
  const path = parsed.optionalText("path") ?? `${name}.tvm`;
  if (parsed.optionalText("path") === undefined && existsSync(path) && !(await isAllowed(path))) return 1;
  process.stdout.write("exporting...\n");
  const files = filesOf(machine).map((file) => basename(file));
  try {
    await promisify(execFile)("tar", ["-cSf", path, "-C", machine.path, "--", ...files], {
      signal: home.interrupted,
    });
  } catch (error) {
    home.interrupted.throwIfAborted();
    throw new RuntimeFailure(`VM export failed: ${String(error)}`);
  }
  return 0;
};

async function isAllowed(path: string): Promise<boolean> {
  process.stdout.write(`file ${path} already exists, are you sure you want to overwrite it? (yes or no)\n`);
  for await (const line of createInterface({ input: process.stdin })) return line === "yes";
  // Nothing was prepared for the end of stdin.
  process.kill(process.pid, "SIGTRAP");
  return false;
}

import { renameSync } from "node:fs";
import type { Command } from "../arguments/parsed.js";
import { ValidationFailure } from "../failures.js";
import { localDirectory } from "../store/vm-directory.js";

/** A machine that runs is renamed under its process. */
export const run: Command = async (parsed, home) => {
  const [name, newName] = [parsed.text("name"), parsed.text("new-name")];
  const [source, target] = [localDirectory(home, name), localDirectory(home, newName)];
  if (!source.isComplete) {
    throw new ValidationFailure(`failed to rename a non-existent local VM: ${name}`);
  }
  if (target.isComplete) {
    throw new ValidationFailure(
      `failed to rename VM ${name}, target VM ${newName} already exists, delete it first!`,
    );
  }
  renameSync(source.path, target.path);
  return 0;
};

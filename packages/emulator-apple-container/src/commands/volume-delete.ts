import type { Parsed } from "@nanoclaw/emulator-base";
import type { Command } from "../context.js";
import { ContainerFailure, describe } from "../failures.js";
import { logLine, printLine } from "../output/print.js";
import { deleteVolume, volumesOf } from "../state/volumes.js";
import { allContainers, volumesInUse } from "./container-use.js";

/** What a container has, running or not, is not deleted (apple-container.md §10.4). */
export const run: Command = async (parsed, context) => {
  const { home } = context;
  requireNames(parsed);
  const names = [...new Set(parsed.texts("names"))];
  const used = volumesInUse(await allContainers(context, "volume delete"));
  const missing = names.filter((name) => volumesOf(home).find(name) === undefined);
  if (missing.length > 0) {
    throw new ContainerFailure(
      "notFound",
      `failed to delete one or more volumes: ${JSON.stringify(missing)}`,
    );
  }
  const all = volumesOf(home)
    .all()
    .map(({ name }) => name);
  const chosen = parsed.flag("all") ? all : names;
  const failed = chosen.filter((name) => used.has(name));
  for (const name of failed)
    logLine(`failed to delete volume [name=${name}, error=${describe(inUse(name))}]`);
  for (const name of chosen.filter((one) => !used.has(one))) {
    deleteVolume(home, name);
    printLine(name);
  }
  if (failed.length === 0) return 0;
  throw new ContainerFailure(
    "internalError",
    `delete failed for one or more volumes: ${JSON.stringify(failed)}`,
  );
};

function inUse(name: string): ContainerFailure {
  return new ContainerFailure(
    "invalidState",
    `volume '${name}' is currently in use and cannot be accessed by another container, or deleted`,
  );
}

function requireNames(parsed: Parsed): void {
  const count = parsed.texts("names").length;
  if (count === 0 && !parsed.flag("all")) {
    throw new ContainerFailure("invalidArgument", "no volumes specified and --all not supplied");
  }
  if (count > 0 && parsed.flag("all")) {
    throw new ContainerFailure(
      "invalidArgument",
      "explicitly supplied volume name(s) conflict with the --all flag",
    );
  }
}

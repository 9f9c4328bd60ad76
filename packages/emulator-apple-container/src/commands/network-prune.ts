import type { Command } from "../context.js";
import { printLine } from "../output/print.js";
import { BUILT_IN, deleteNetwork, listNetworks } from "../state/networks.js";
import { allContainers, networksInUse } from "./container-use.js";

/** Deletes the networks that no container has. */
export const run: Command = async (_parsed, context) => {
  const used = networksInUse(await allContainers(context, "network prune"));
  for (const { name } of listNetworks(context.home)) {
    if (name === BUILT_IN || used.has(name)) continue;
    deleteNetwork(context.home, name);
    printLine(name);
  }
  return 0;
};

import type { Parsed } from "@nanoclaw/emulator-base";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { logLine, printLine } from "../output/print.js";
import { BUILT_IN, deleteNetwork, findNetwork, listNetworks } from "../state/networks.js";
import { allContainers, networksInUse } from "./container-use.js";

export const run: Command = async (parsed, context) => {
  const { home } = context;
  requireNames(parsed);
  const names = [...new Set(parsed.texts("network-names"))];
  const used = networksInUse(await allContainers(context, "network delete"));
  if (names.includes(BUILT_IN)) {
    throw new ContainerFailure("invalidArgument", `cannot delete a builtin network: ${BUILT_IN}`);
  }
  const missing = names.filter((name) => findNetwork(home, name) === undefined);
  if (missing.length > 0) {
    throw new ContainerFailure(
      "notFound",
      `failed to delete one or more networks: ${JSON.stringify(missing)}`,
    );
  }
  const all = listNetworks(home).map(({ name }) => name);
  const chosen = parsed.flag("all") ? all.filter((name) => name !== BUILT_IN) : names;
  const failed = chosen.filter((name) => used.has(name));
  for (const name of failed) logLine(`failed to delete network [id=${name}]`);
  for (const name of chosen.filter((one) => !used.has(one))) {
    deleteNetwork(home, name);
    printLine(name);
  }
  if (failed.length === 0) return 0;
  throw new ContainerFailure(
    "internalError",
    `delete failed for one or more networks: ${JSON.stringify(failed)}`,
  );
};

function requireNames(parsed: Parsed): void {
  const count = parsed.texts("network-names").length;
  if (count === 0 && !parsed.flag("all")) {
    throw new ContainerFailure("invalidArgument", "no networks specified and --all not supplied");
  }
  if (count > 0 && parsed.flag("all")) {
    throw new ContainerFailure(
      "invalidArgument",
      "explicitly supplied network name(s) conflict with the --all flag",
    );
  }
}

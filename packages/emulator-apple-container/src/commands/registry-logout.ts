import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { keychainOf } from "../state/credentials.js";
import { faultStrikes } from "../state/faults.js";
import { keychainIsLocked } from "../state/pull.js";
import { registryHost } from "../state/registry-host.js";

export const run: Command = async (parsed, { home, settings }) => {
  if (faultStrikes(home, settings, "keychain")) throw keychainIsLocked();
  const server = registryHost(parsed.text("registry"));
  if (keychainOf(home).find(server) === undefined) {
    throw new ContainerFailure("notFound", `no credentials found for host ${server}`);
  }
  keychainOf(home).remove(server);
  return 0;
};

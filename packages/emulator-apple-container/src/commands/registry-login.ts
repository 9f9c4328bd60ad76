import { text } from "node:stream/consumers";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { isoDate, logLine } from "../output/print.js";
import { keychainOf } from "../state/credentials.js";
import { faultStrikes } from "../state/faults.js";
import { keychainIsLocked } from "../state/pull.js";
import { registryHost } from "../state/registry-host.js";

/** Any password will do: nobody is asked whether it is right. */
export const run: Command = async (parsed, { home, settings }) => {
  const username = parsed.optionalText("username");
  const password = parsed.flag("password-stdin") ? (await text(process.stdin)).trim() : undefined;
  if (username === undefined || username === "" || password === undefined) {
    // Both would be asked for on a terminal, which there is none of.
    throw new ContainerFailure("invalidArgument", "failed to read username and password: no terminal");
  }
  if (password === "") throw new ContainerFailure("invalidArgument", "no password provided");
  if (faultStrikes(home, settings, "keychain")) throw keychainIsLocked();
  const server = registryHost(parsed.text("server"));
  const now = isoDate(new Date());
  const creationDate = keychainOf(home).find(server)?.creationDate ?? now;
  keychainOf(home).put(server, { server, username, password, creationDate, modificationDate: now });
  logLine("Login succeeded");
  return 0;
};

import type { Command } from "../context.js";
import { printListing } from "../output/print.js";
import { keychainOf } from "../state/credentials.js";
import { faultStrikes } from "../state/faults.js";
import { keychainIsLocked } from "../state/pull.js";

/** apple-container.md §6.6. */
export const run: Command = async (parsed, { home, settings }) => {
  if (faultStrikes(home, settings, "keychain")) throw keychainIsLocked();
  const all = keychainOf(home).all();
  const value = all.map(({ server, username, creationDate, modificationDate }) => {
    return { id: server, name: server, username, creationDate, modificationDate, labels: {} };
  });
  const rows = value.map(({ name, username, modificationDate, creationDate }) => {
    return [name, username, modificationDate, creationDate];
  });
  printListing(
    parsed.text("format"),
    {
      value,
      rows: [["HOSTNAME", "USERNAME", "MODIFIED", "CREATED"], ...rows],
      ...(parsed.flag("quiet") && { names: all.map(({ server }) => server) }),
    },
    settings,
  );
  return 0;
};

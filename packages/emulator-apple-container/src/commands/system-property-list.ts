import type { Command } from "../context.js";
import { compactJson } from "../output/json.js";
import { printLine, printListing } from "../output/print.js";
import { toml } from "../output/toml.js";
import { isAtLeast } from "../state/settings.js";

/** What no configuration file changes here (apple-container.md §3.4). */
const properties = {
  build: { cpus: 2, memory: "2048mb", rosetta: true },
  container: { cpus: 4, memory: "1gb" },
  dns: {},
  registry: { domain: "docker.io" },
} as const;

export const run: Command = async (parsed, { settings }) => {
  if (!isAtLeast(settings, "1.0.0")) {
    const value = [
      { id: "build.rosetta", type: "Bool", value: "true" },
      { id: "registry.domain", type: "String", value: "docker.io" },
    ];
    const rows = [["ID", "TYPE", "VALUE"], ...value.map((one) => [one.id, one.type, one.value])];
    printListing(parsed.text("format"), { value, rows }, settings);
    return 0;
  }
  printLine(parsed.text("format") === "json" ? compactJson(properties, settings) : toml(properties));
  return 0;
};

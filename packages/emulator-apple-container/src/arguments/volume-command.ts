import { flag, list, option, positional } from "./define.js";
import type { CommandDefinition } from "./definition.js";
import { debug, format, quiet } from "./shared-options.js";

/** apple-container.md §10.4. */
export const volumeCommand: CommandDefinition = {
  name: "volume",
  aliases: ["v"],
  abstract: "Manage volumes",
  arguments: [debug],
  subcommands: [
    {
      name: "create",
      abstract: "Make a volume",
      arguments: [
        list("label", "A label: key=value"),
        list("opt", "An option of the driver: key=value"),
        option("s", "string", "Size", { valueName: "size" }),
        debug,
        positional("name", "Its name"),
      ],
    },
    {
      name: "delete",
      aliases: ["rm"],
      abstract: "Delete volumes",
      arguments: [
        flag("a all", "All volumes"),
        debug,
        positional("names", "Names of volumes", { optional: true, repeating: true }),
      ],
    },
    {
      name: "inspect",
      abstract: "Show volumes in full",
      arguments: [debug, positional("names", "Names of volumes", { repeating: true })],
    },
    { name: "list", aliases: ["ls"], abstract: "List volumes", arguments: [...format, quiet, debug] },
    { name: "prune", abstract: "Delete unused volumes", arguments: [debug] },
  ],
};

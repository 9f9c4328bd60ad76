import { flag, list, option, positional, since } from "./define.js";
import type { CommandDefinition } from "./definition.js";
import { debug, dns, format, quiet } from "./shared-options.js";

const size = [
  option("c cpus", "Int64", "Processors of the builder", { default: 2 }),
  option("m memory", "string", "Memory of the builder", { default: "2048MB" }),
];

/** `build` and `builder` (apple-container.md §8.3). */
export const buildCommand: CommandDefinition = {
  name: "build",
  abstract: "Build an image",
  arguments: [
    list("a arch", "An architecture"),
    list("build-arg", "A variable: key=value"),
    ...size,
    ...dns,
    option("f file", "string", "Path of the Dockerfile"),
    list("l label", "A label: key=value"),
    flag("no-cache", "Use nothing from earlier builds"),
    list("o output", "Where to: type=<oci|tar|local>[,dest=]"),
    list("os", "A system"),
    list("platform", "os/arch[/variant]; counts more than --os and --arch"),
    option("progress", { oneOf: ["auto", "plain", "tty"] }, "Form of the progress on stderr", {
      default: "auto",
      valueName: "type",
    }),
    flag("pull", "Fetch images anew"),
    quiet,
    list("secret", "A secret: id=<key>[,env=<variable>|,src=<path>]"),
    list("ssh", "Forward the SSH agent", { available: since("1.2.1") }),
    list("t tag", "A name of the image"),
    option("target", "string", "Stage to build"),
    option("vsock-port", "UInt32", "Port of the builder", { default: 8088 }),
    debug,
    positional("context-dir", "Directory of the build", { optional: true }),
  ],
};

export const builderCommand: CommandDefinition = {
  name: "builder",
  abstract: "Manage the builder",
  arguments: [debug],
  subcommands: [
    {
      name: "delete",
      aliases: ["rm"],
      abstract: "Delete the builder",
      arguments: [flag("f force", "Also while it runs"), debug],
    },
    { name: "start", abstract: "Start the builder", arguments: [...size, ...dns, debug] },
    { name: "status", abstract: "Tell whether the builder runs", arguments: [...format, quiet, debug] },
    { name: "stop", abstract: "Stop the builder", arguments: [debug] },
  ],
};

/** Only that there is such a group: what is in it is no tool for isolation (apple-container.md §8.4). */
export const machineCommand: CommandDefinition = {
  name: "machine",
  aliases: ["m"],
  abstract: "Manage machines",
  available: since("1.0.0"),
  arguments: [debug],
  subcommands: [],
};

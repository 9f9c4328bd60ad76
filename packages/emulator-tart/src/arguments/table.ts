import { ValidationFailure } from "../failures.js";
import type { CommandDefinition } from "./definition.js";
import type { Parsed } from "./parsed.js";
import { registryCommands } from "./registry-commands.js";
import { runCommand } from "./run-command.js";
import { concurrency, deduplicate, format, insecure, vmName } from "./shared-options.js";
import { since } from "./since.js";

const [login, logout, pull, push] = registryCommands;

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  {
    name: "create",
    abstract: "Make a machine",
    arguments: [
      vmName,
      {
        kind: "option",
        names: ["from-ipsw"],
        value: "string",
        valueName: "path",
        abstract: "Restore image, or latest",
      },
      { kind: "flag", names: ["linux"], abstract: "An empty machine for Linux" },
      {
        kind: "option",
        names: ["disk-size"],
        value: "UInt16",
        default: 50,
        abstract: "Size of the disk in GB",
      },
      {
        kind: "option",
        names: ["disk-format"],
        value: { oneOf: ["raw", "asif"] },
        default: "raw",
        abstract: "Format of the disk",
        available: since("2.28.0"),
      },
    ],
    validate(parsed, { hostMacOS }) {
      if (parsed.optionalText("from-ipsw") === undefined && !parsed.flag("linux")) {
        throw new ValidationFailure("Please specify either a --from-ipsw or --linux option!");
      }
      if (parsed.optionalText("disk-format") === "asif" && hostMacOS < 26) {
        throw new ValidationFailure("Disk format 'asif' is not supported on this system.");
      }
    },
  },
  {
    name: "clone",
    abstract: "Copy a machine",
    arguments: [
      { kind: "positional", name: "source-name", abstract: "Name of the machine or image" },
      { kind: "positional", name: "new-name", abstract: "Name of the copy" },
      insecure,
      concurrency,
      {
        kind: "option",
        names: ["prune-limit"],
        value: "UInt",
        default: 100,
        abstract: "How many GB of the cache may be given up for the copy",
        available: since("2.28.5"),
      },
      deduplicate,
      {
        kind: "flag",
        names: ["stacked"],
        abstract: "A disk on top of the image's",
        available: since("2.36.0"),
      },
      {
        kind: "flag",
        names: ["overwrite"],
        abstract: "Replace a machine of the new name",
        available: ({ clone }) => clone === "refuse",
      },
    ],
    validate(parsed) {
      requireLocal(parsed.text("new-name"), "<new-name>");
      if (parsed.number("concurrency") < 1) {
        throw new ValidationFailure("network concurrency cannot be less than 1");
      }
    },
  },
  runCommand,
  {
    name: "set",
    abstract: "Change a machine",
    arguments: [
      vmName,
      { kind: "option", names: ["cpu"], value: "UInt16", abstract: "Number of processors" },
      { kind: "option", names: ["memory"], value: "UInt64", abstract: "Memory in MiB" },
      {
        kind: "option",
        names: ["display"],
        value: "string",
        abstract: "Size of the display: WIDTHxHEIGHT[pt|px]",
      },
      {
        kind: "flag",
        names: ["display-refit"],
        invertible: true,
        abstract: "Whether the display follows its window",
        available: since("2.21.0"),
      },
      { kind: "flag", names: ["random-mac"], abstract: "A new MAC address", available: since("2.10.0") },
      { kind: "flag", names: ["random-serial"], abstract: "A new serial number", available: since("2.10.0") },
      {
        kind: "option",
        names: ["disk"],
        value: "string",
        abstract: "Replace the disk",
        available: since("2.13.0"),
      },
      { kind: "option", names: ["disk-size"], value: "UInt16", abstract: "Size of the disk in GB" },
    ],
  },
  {
    name: "get",
    abstract: "Show a machine's configuration",
    arguments: [vmName, format],
  },
  {
    name: "list",
    abstract: "List machines and images",
    arguments: [
      {
        kind: "option",
        names: ["source"],
        value: "string",
        abstract: "Only those of this source: local or oci",
      },
      format,
      { kind: "flag", names: ["q", "quiet"], abstract: "Names alone" },
    ],
    validate(parsed) {
      const source = parsed.optionalText("source");
      if (source !== undefined && source !== "local" && source !== "oci") {
        throw new ValidationFailure(`'${source}' is not a valid <source>`);
      }
    },
  },
  login,
  logout,
  {
    name: "ip",
    abstract: "Show a machine's address",
    arguments: [
      vmName,
      { kind: "option", names: ["wait"], value: "UInt16", default: 0, abstract: "Seconds to wait for one" },
      {
        kind: "option",
        names: ["resolver"],
        value: { oneOf: ["dhcp", "arp", "agent"] },
        default: "dhcp",
        abstract: "Where to look for it",
      },
    ],
  },
  {
    name: "exec",
    abstract: "Run a program in a machine",
    available: since("2.27.0"),
    arguments: [
      { kind: "flag", names: ["i"], abstract: "Pass stdin on" },
      { kind: "flag", names: ["t"], abstract: "Give the program a terminal" },
      vmName,
      {
        kind: "positional",
        name: "command",
        repeating: true,
        passThrough: true,
        abstract: "Program and its arguments",
      },
    ],
  },
  pull,
  push,
  {
    name: "import",
    abstract: "Make a machine from an archive",
    arguments: [{ kind: "positional", name: "path", abstract: "Path of the archive" }, vmName],
    validate: (parsed) => requireLocal(parsed.text("name"), "<name>"),
  },
  {
    name: "export",
    abstract: "Make an archive of a machine",
    arguments: [
      vmName,
      { kind: "positional", name: "path", optional: true, abstract: "Path of the archive" },
    ],
  },
  {
    name: "prune",
    abstract: "Remove what was not used for long",
    arguments: [
      {
        kind: "option",
        names: ["entries"],
        value: "string",
        default: "caches",
        abstract: "What to remove: caches or vms",
      },
      { kind: "option", names: ["older-than"], value: "UInt", abstract: "What was not used for these days" },
      {
        kind: "option",
        names: ["cache-budget"],
        value: "UInt",
        hidden: true,
        abstract: "Old name of --space-budget",
      },
      { kind: "option", names: ["space-budget"], value: "UInt", abstract: "Down to so many GiB" },
      { kind: "flag", names: ["gc"], hidden: true, abstract: "Images without a tag" },
    ],
    validate: validatePrune,
  },
  {
    name: "rename",
    abstract: "Rename a machine",
    arguments: [vmName, { kind: "positional", name: "new-name", abstract: "Its new name" }],
    validate: (parsed) => requireLocal(parsed.text("new-name"), "<new-name>"),
  },
  {
    name: "stop",
    abstract: "Stop a machine",
    arguments: [
      vmName,
      {
        kind: "option",
        names: ["t", "timeout"],
        value: "UInt64",
        default: 30,
        abstract: "Seconds until it is killed",
      },
    ],
  },
  {
    name: "delete",
    abstract: "Delete machines",
    arguments: [{ kind: "positional", name: "name", repeating: true, abstract: "Names of the machines" }],
  },
  {
    name: "fqn",
    abstract: "Show the full name of an image",
    hidden: true,
    available: since("2.6.0"),
    arguments: [vmName],
  },
  {
    name: "suspend",
    abstract: "Save a machine's state and stop it",
    available: ({ hostMacOS }) => hostMacOS >= 14,
    arguments: [vmName],
  },
  {
    name: "help",
    abstract: "Show help of a command",
    hidden: true,
    arguments: [
      { kind: "flag", names: ["h", "help"], hidden: true, abstract: "" },
      { kind: "positional", name: "subcommands", optional: true, repeating: true, abstract: "" },
    ],
  },
];

function requireLocal(name: string, placeholder: string): void {
  if (name.includes("/")) throw new ValidationFailure(`${placeholder} should be a local name`);
}

function validatePrune(parsed: Parsed): void {
  const [oldBudget, budget, age] = ["cache-budget", "space-budget", "older-than"].map((name) =>
    parsed.optionalNumber(name),
  );
  if (oldBudget !== undefined && budget !== undefined) {
    throw new ValidationFailure("--cache-budget is deprecated, please use --space-budget");
  }
  if (age === undefined && budget === undefined && oldBudget === undefined && !parsed.flag("gc")) {
    throw new ValidationFailure("at least one pruning criteria must be specified");
  }
  if (!["caches", "vms"].includes(parsed.text("entries"))) {
    throw new ValidationFailure('unsupported --entries value, please specify either "caches" or "vms"');
  }
}

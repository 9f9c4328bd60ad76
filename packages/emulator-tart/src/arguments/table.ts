import { ValidationFailure } from "../failures.js";
import { configuringCommands } from "./configuring-commands.js";
import type { CommandDefinition } from "./definition.js";
import { requireLocal } from "./local-name.js";
import type { Parsed } from "./parsed.js";
import { registryCommands } from "./registry-commands.js";
import { runCommand } from "./run-command.js";
import { format, vmName } from "./shared-options.js";
import { since } from "./since.js";

const [create, clone, set] = configuringCommands;
const [login, logout, pull, push] = registryCommands;

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  create,
  clone,
  runCommand,
  set,
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

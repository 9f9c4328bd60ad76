import { ValidationFailure } from "../failures.js";
import type { CommandDefinition } from "./definition.js";
import { requireLocal } from "./local-name.js";
import { concurrency, deduplicate, insecure, vmName } from "./shared-options.js";
import { since } from "./since.js";

/** `create`, `clone`, `set`. */
export const configuringCommands = [
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
] as const satisfies readonly CommandDefinition[];

import { flag, option, positional, since } from "./define.js";
import type { ArgumentDefinition, CommandDefinition } from "./definition.js";
import { imageFetchOptions, managementOptions, resourceOptions, validateDns } from "./management-options.js";
import { processOptions } from "./process-options.js";
import { debug, format, progress, quiet } from "./shared-options.js";

const id = positional("container-id", "Id of the container");
const ids = positional("container-ids", "Ids of containers", { optional: true, repeating: true });
const image = positional("image", "Name of the image");
const initArguments = positional("arguments", "Arguments of the first process", {
  optional: true,
  repeating: true,
  passThrough: true,
});

/** `create` has no `--progress` (row 59 of apple-container.md §14). */
function creating(...own: ArgumentDefinition[]): readonly ArgumentDefinition[] {
  return [
    ...processOptions,
    ...resourceOptions,
    ...managementOptions,
    ...own,
    ...imageFetchOptions,
    debug,
    image,
    initArguments,
  ];
}

/** What concerns containers, in the order of the help (apple-container.md §4, §5). */
export const containerCommands: readonly CommandDefinition[] = [
  {
    name: "clean",
    abstract: "Trim the disks of running containers",
    available: since("1.4.1"),
    arguments: [debug, ids],
  },
  {
    name: "copy",
    aliases: ["cp"],
    abstract: "Copy between a container and the host",
    available: since("1.0.0"),
    arguments: [
      debug,
      positional("source", "container-id:path or a path of the host"),
      positional("destination", "container-id:path or a path of the host"),
    ],
  },
  { name: "create", abstract: "Make a container", arguments: creating(), validate: validateDns },
  {
    name: "delete",
    aliases: ["rm"],
    abstract: "Delete containers",
    arguments: [
      flag("a all", "Delete all containers"),
      flag("f force", "Delete running containers too"),
      debug,
      ids,
    ],
  },
  {
    name: "exec",
    abstract: "Run a program in a container that runs",
    arguments: [
      ...processOptions,
      flag("d detach", "Run in the background"),
      debug,
      id,
      positional("arguments", "The program and its arguments", { repeating: true, passThrough: true }),
    ],
  },
  {
    name: "export",
    abstract: "Archive a container's root file system",
    arguments: [
      option("o output", "string", "Path of the archive"),
      debug,
      positional("id", "Id of the container"),
    ],
  },
  {
    name: "inspect",
    abstract: "Show containers in full",
    arguments: [debug, positional("container-ids", "Ids of containers", { repeating: true })],
  },
  {
    name: "kill",
    abstract: "Send a signal to containers",
    arguments: [
      flag("a all", "All running containers"),
      option("s signal", "string", "The signal", { default: "KILL" }),
      debug,
      ids,
    ],
  },
  {
    name: "list",
    aliases: ["ls"],
    abstract: "List running containers",
    arguments: [flag("a all", "Those that do not run too"), ...format, quiet, debug],
  },
  {
    name: "logs",
    abstract: "Show what a container has written",
    arguments: [
      flag("boot", "What the guest's kernel has written"),
      flag("f follow", "Go on with what it writes"),
      option("n", "Int", "So many lines from the end"),
      debug,
      id,
    ],
  },
  { name: "run", abstract: "Run a container", arguments: creating(progress), validate: validateDns },
  {
    name: "start",
    abstract: "Start a container",
    arguments: [flag("a attach", "Show what it writes"), flag("i interactive", "Keep stdin open"), debug, id],
  },
  {
    name: "stats",
    abstract: "Show what containers use",
    arguments: [
      ...format,
      flag("no-stream", "Once"),
      debug,
      positional("containers", "Ids of containers", { optional: true, repeating: true }),
    ],
  },
  {
    name: "stop",
    abstract: "Stop containers",
    arguments: [
      flag("a all", "All running containers"),
      option("s signal", "string", "The signal"),
      option("t time", "Int32", "Seconds until it is killed", { default: 5 }),
      debug,
      ids,
    ],
  },
  { name: "prune", abstract: "Delete stopped containers", arguments: [debug] },
];

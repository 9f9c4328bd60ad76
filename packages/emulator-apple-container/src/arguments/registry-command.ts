import { flag, option, positional } from "./define.js";
import type { CommandDefinition } from "./definition.js";
import { debug, format, quiet, scheme } from "./shared-options.js";

/** apple-container.md §8.2. */
export const registryCommand: CommandDefinition = {
  name: "registry",
  aliases: ["r"],
  abstract: "Manage credentials of registries",
  arguments: [debug],
  subcommands: [
    { name: "list", aliases: ["ls"], abstract: "List credentials", arguments: [...format, quiet, debug] },
    {
      name: "login",
      abstract: "Keep the credentials of a registry",
      arguments: [
        debug,
        ...scheme,
        flag("password-stdin", "Read the password from stdin"),
        option("u username", "string", "Name of the user"),
        positional("server", "Host of the registry"),
      ],
    },
    {
      name: "logout",
      abstract: "Forget the credentials of a registry",
      arguments: [debug, positional("registry", "Host of the registry")],
    },
  ],
};

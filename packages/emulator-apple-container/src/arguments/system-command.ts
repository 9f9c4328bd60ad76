import { type Parsed, ValidationFailure } from "@nanoclaw/emulator-base";
import { flag, option, positional, since, until } from "./define.js";
import type { CommandDefinition, OptionDefinition } from "./definition.js";
import { debug, format } from "./shared-options.js";

const prefix = option("p prefix", "string", "Beginning of the services' names", {
  default: "com.apple.container.",
});

const jsonOrToml: OptionDefinition = option("format", { oneOf: ["json", "toml"] }, "Form of the output", {
  default: "toml",
});

/** apple-container.md §3. */
export const systemCommand: CommandDefinition = {
  name: "system",
  aliases: ["s"],
  abstract: "Manage the service",
  arguments: [debug],
  subcommands: [
    { name: "df", abstract: "Show the use of the disk", arguments: [...format, debug] },
    {
      name: "dns",
      abstract: "Manage local domains",
      arguments: [debug],
      subcommands: [
        {
          name: "create",
          abstract: "Make a domain",
          arguments: [
            option("localhost", "string", "Address that stands for the host", { valueName: "ip" }),
            debug,
            positional("domain-name", "The domain"),
          ],
        },
        {
          name: "delete",
          aliases: ["rm"],
          abstract: "Delete a domain",
          arguments: [debug, positional("domain-name", "The domain")],
        },
        {
          name: "list",
          aliases: ["ls"],
          abstract: "List domains",
          arguments: [...format, flag("q quiet", "Names alone"), debug],
        },
      ],
    },
    {
      name: "kernel",
      abstract: "Manage the guests' kernel",
      arguments: [debug],
      subcommands: [
        {
          name: "set",
          abstract: "Choose the kernel",
          arguments: [
            option("arch", { oneOf: ["amd64", "arm64"] }, "Architecture", { default: "arm64" }),
            option("binary", "string", "Path of a kernel"),
            option("digest", "string", "Digest of the archive", { available: since("1.2.0") }),
            flag("force", "Replace one that is there"),
            flag("recommended", "Take the recommended one"),
            option("tar", "string", "Path or address of an archive"),
            debug,
          ],
        },
      ],
    },
    {
      name: "logs",
      abstract: "Show what the service has written",
      arguments: [
        flag("f follow", "Go on with what it writes"),
        option("last", "string", "From so long ago: 5m, 1h, 1d", { default: "5m" }),
        debug,
      ],
    },
    {
      name: "property",
      abstract: "Show the configuration",
      arguments: [debug],
      subcommands: [
        {
          name: "list",
          aliases: ["ls"],
          abstract: "Show all of it",
          arguments: [
            { ...jsonOrToml, available: since("1.0.0") },
            option("format", { oneOf: ["json", "table"] }, "Form of the output", {
              default: "table",
              available: until("1.0.0"),
            }),
            debug,
          ],
        },
      ],
    },
    {
      name: "start",
      abstract: "Start the service",
      arguments: [
        option("a app-root", "string", "Directory of the data"),
        option("install-root", "string", "Directory of the programs"),
        option("log-root", "string", "Directory of the logs"),
        flag("enable-kernel-install", "Install the default kernel without asking"),
        flag("disable-kernel-install", "Install no kernel"),
        option("timeout", "string", "Seconds to wait for the service", { default: "60" }),
        debug,
      ],
      validate: validateStart,
    },
    { name: "status", abstract: "Tell whether the service runs", arguments: [prefix, ...format, debug] },
    { name: "stop", abstract: "Stop the service", arguments: [prefix, debug] },
    { name: "version", abstract: "Show versions", arguments: [...format, debug] },
  ],
};

function validateStart(parsed: Parsed): void {
  const timeout = parsed.text("timeout");
  if (!(Number(timeout) > 0)) {
    throw new ValidationFailure(`The value '${timeout}' is invalid for '--timeout <timeout>'`);
  }
}

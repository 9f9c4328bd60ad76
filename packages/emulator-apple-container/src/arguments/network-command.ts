import { type Parsed, ValidationFailure } from "@nanoclaw/emulator-base";
import { isIPv6Subnet, parseSubnet } from "../state/subnet.js";
import { flag, list, option, positional } from "./define.js";
import type { CommandDefinition } from "./definition.js";
import { debug, format, quiet } from "./shared-options.js";

/** apple-container.md §7.2. */
export const networkCommand: CommandDefinition = {
  name: "network",
  aliases: ["n"],
  abstract: "Manage networks",
  // On macOS 15 there is one network alone, and no command.
  available: ({ hostMacOS }) => hostMacOS >= 26,
  arguments: [debug],
  subcommands: [
    {
      name: "create",
      abstract: "Make a network",
      arguments: [
        flag("internal", "A network with the host alone"),
        list("label", "A label: key=value"),
        list("option", "An option of the plugin: key=value"),
        option("plugin", "string", "Plugin that runs the network", { default: "container-network-vmnet" }),
        option("subnet", "string", "IPv4 addresses"),
        option("subnet-v6", "string", "IPv6 addresses"),
        debug,
        positional("name", "Its name"),
      ],
      validate: validateSubnets,
    },
    {
      name: "delete",
      aliases: ["rm"],
      abstract: "Delete networks",
      arguments: [
        flag("a all", "All networks but the built-in one"),
        debug,
        positional("network-names", "Names of networks", { optional: true, repeating: true }),
      ],
    },
    {
      name: "inspect",
      abstract: "Show networks in full",
      arguments: [debug, positional("networks", "Names of networks", { repeating: true })],
    },
    { name: "list", aliases: ["ls"], abstract: "List networks", arguments: [...format, quiet, debug] },
    { name: "prune", abstract: "Delete unused networks", arguments: [debug] },
  ],
};

function validateSubnets(parsed: Parsed): void {
  const four = parsed.optionalText("subnet");
  const six = parsed.optionalText("subnet-v6");
  if (four !== undefined && parseSubnet(four) === undefined) {
    throw new ValidationFailure(`The value '${four}' is invalid for '--subnet <subnet>'`);
  }
  if (six !== undefined && !isIPv6Subnet(six)) {
    throw new ValidationFailure(`The value '${six}' is invalid for '--subnet-v6 <subnet-v6>'`);
  }
}

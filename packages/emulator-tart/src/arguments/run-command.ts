import { ValidationFailure } from "../failures.js";
import type { ArgumentDefinition, CommandDefinition, ValueKind } from "./definition.js";
import type { Parsed } from "./parsed.js";
import { vmName } from "./shared-options.js";
import { since } from "./since.js";

export const runCommand: CommandDefinition = {
  name: "run",
  abstract: "Run a machine in the foreground",
  arguments: [
    vmName,
    flag("no-graphics", "No window"),
    { ...flag("graphics", "A window in any case"), hidden: true },
    flag("serial", "A pseudo-terminal as serial console"),
    option("serial-path", "string", "A terminal as serial console"),
    flag("no-audio", "No sound and no microphone"),
    flag("no-clipboard", "No shared clipboard", "2.10.0"),
    flag("recovery", "Boot macOS recovery"),
    flag("vnc", "Use the guest's own screen sharing"),
    flag("vnc-experimental", "Use the framework's VNC server"),
    list("disk", "One more disk: path[:options]"),
    option("rosetta", "string", "Share Rosetta with a Linux guest under this tag"),
    list("dir", "Share a directory: [name:]path[:options]"),
    flag("nested", "Nested virtualisation", "2.20.0"),
    list("net-bridged", "Put the guest onto this interface's network"),
    flag("net-softnet", "Filter the guest's packets by Softnet"),
    option("net-softnet-allow", "string", "Networks that Softnet lets the guest reach", "2.7.1"),
    option("net-softnet-block", "string", "Networks that Softnet keeps the guest from", "2.30.0"),
    option("net-softnet-expose", "string", "TCP ports that Softnet passes on", "2.23.0"),
    option("net-softnet-control-fd", "Int32", "Descriptor of Softnet's control channel", "2.34.0"),
    flag("net-host", "A network with the host alone", "2.7.0"),
    option("root-disk-opts", "string", "Options of the root disk", "2.16.0"),
    flag("suspendable", "Only devices whose state can be saved"),
    flag("capture-system-keys", "Pass the system's keys to the guest"),
    flag("no-trackpad", "No trackpad", "2.25.0"),
    flag("no-pointer", "No pointer", "2.29.0"),
    flag("no-keyboard", "No keyboard", "2.29.0"),
    option("provisioning-opts", "string", "What the first boot of macOS sets up", "2.33.0"),
    flag("no-usb-accessories", "No USB accessories", "2.38.0"),
  ],
  validate,
};

function validate(parsed: Parsed, { hostMacOS }: { readonly hostMacOS: number }): void {
  if (parsed.flag("vnc") && parsed.flag("vnc-experimental")) {
    throw new ValidationFailure("--vnc and --vnc-experimental are mutually exclusive");
  }
  const networks = [parsed.texts("net-bridged").length > 0, asksForSoftnet(parsed), parsed.flag("net-host")];
  if (networks.filter(Boolean).length > 1) {
    throw new ValidationFailure("--net-bridged, --net-softnet and --net-host are mutually exclusive");
  }
  if (parsed.flag("graphics") && parsed.flag("no-graphics")) {
    throw new ValidationFailure("--graphics and --no-graphics are mutually exclusive");
  }
  const hasOtherView = ["no-graphics", "vnc", "vnc-experimental"].some((name) => parsed.flag(name));
  if (hasOtherView && parsed.flag("capture-system-keys")) {
    throw new ValidationFailure("--captures-system-keys can only be used with the default VM view");
  }
  if (parsed.flag("nested") && hostMacOS < 15) {
    throw new ValidationFailure(
      "Nested virtualization is supported on hosts starting with macOS 15 (Sequoia), and later.",
    );
  }
}

/** Whether any option wants packets filtered. */
export function asksForSoftnet(parsed: Parsed): boolean {
  const implied = ["net-softnet-allow", "net-softnet-block", "net-softnet-expose"];
  return (
    parsed.flag("net-softnet") ||
    parsed.optionalNumber("net-softnet-control-fd") !== undefined ||
    implied.some((name) => parsed.optionalText(name) !== undefined)
  );
}

function flag(name: string, abstract: string, version?: string): ArgumentDefinition {
  return { kind: "flag", names: [name], abstract, ...(version && { available: since(version) }) };
}

function option(name: string, value: ValueKind, abstract: string, version?: string): ArgumentDefinition {
  return { kind: "option", names: [name], value, abstract, ...(version && { available: since(version) }) };
}

function list(name: string, abstract: string): ArgumentDefinition {
  return { kind: "option", names: [name], value: "string", repeating: true, abstract };
}

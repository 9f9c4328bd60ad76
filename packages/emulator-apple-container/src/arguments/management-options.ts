import { type Parsed, ValidationFailure } from "@nanoclaw/emulator-base";
import { flag, list, option, since } from "./define.js";
import type { ArgumentDefinition } from "./definition.js";
import { dns, maxConcurrentDownloads, scheme } from "./shared-options.js";

/** Of `run` and `create` (apple-container.md §4.3). */
export const resourceOptions: readonly ArgumentDefinition[] = [
  option("c cpus", "Int64", "Processors"),
  option("m memory", "string", "Memory: a number and K, M, G, T or P"),
];

/** Of `run` and `create` (apple-container.md §4.4). */
export const managementOptions: readonly ArgumentDefinition[] = [
  option("a arch", "string", "Architecture of the image"),
  list("cap-add", "A capability more", { valueName: "cap" }),
  list("cap-drop", "A capability less", { valueName: "cap" }),
  option("cidfile", "string", "Write the id to this path"),
  flag("d detach", "Run in the background"),
  ...dns,
  option("entrypoint", "string", "Replace the entry point of the image", { valueName: "cmd" }),
  flag("init", "A small init as first process"),
  option("init-image", "string", "Image of the guest's init", { valueName: "image" }),
  option("k kernel", "string", "Path of a kernel", { valueName: "path" }),
  list("kernel-arg", "An argument of the kernel", { available: since("1.2.0") }),
  list("l label", "A label: key=value"),
  list("masked-path", "A path to hide", { valueName: "path", available: since("1.2.1") }),
  list("mount", "A mount: type=<>,source=<>,target=<>,readonly"),
  option("name", "string", "Its name"),
  list("network", "A network: name[,mac=XX:XX:XX:XX:XX:XX][,mtu=N]"),
  flag("no-dns", "Do not configure a resolver"),
  option("os", "string", "System of the image", { default: "linux" }),
  option("platform", "string", "os/arch[/variant]; counts more than --os and --arch"),
  list("p publish", "A port: [host-ip:]host-port:container-port[/protocol]", { valueName: "spec" }),
  list("publish-socket", "A socket: host-path:container-path", { valueName: "spec" }),
  flag("read-only", "A root file system that cannot be written"),
  list("read-only-path", "A path that cannot be written", { valueName: "path", available: since("1.2.1") }),
  flag("rm remove", "Remove the container when it stops"),
  flag("rosetta", "Translate amd64"),
  option("runtime", "string", "Plugin that runs the container"),
  option("shm-size", "string", "Size of /dev/shm", { valueName: "size", available: since("1.0.0") }),
  flag("ssh", "Forward the SSH agent"),
  list("tmpfs", "A path for a file system in memory"),
  flag("virtualization", "Nested virtualisation"),
  list("v volume", "A volume: [source:]destination[:options]"),
];

export const imageFetchOptions: readonly ArgumentDefinition[] = [...scheme, maxConcurrentDownloads];

/** Row 24 of apple-container.md §14. */
export function validateDns(parsed: Parsed): void {
  const hasDns =
    parsed.texts("dns").length > 0 ||
    parsed.optionalText("dns-domain") !== undefined ||
    parsed.texts("dns-option").length > 0 ||
    parsed.texts("dns-search").length > 0;
  if (!parsed.flag("no-dns") || !hasDns) return;
  throw new ValidationFailure(
    "`--no-dns` cannot be used with DNS configuration flags (`--dns`, `--dns-domain`, `--dns-option`, `--dns-search`)",
  );
}

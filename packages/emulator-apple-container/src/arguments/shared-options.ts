import { flag, list, option, since, until } from "./define.js";
import type { OptionDefinition } from "./definition.js";

/** Every command and every group of commands has it. */
export const debug = flag("debug", "Tell what is done on stderr");

const before = until("1.0.0");

/** Since 1.0.0 in four forms, in two before. */
export const format: readonly OptionDefinition[] = [
  option("format", { oneOf: ["json", "table"] }, "Form of the output", {
    default: "table",
    available: before,
  }),
  option("format", { oneOf: ["json", "table", "yaml", "toml"] }, "Form of the output", {
    default: "table",
    available: since("1.0.0"),
  }),
];

export const quiet = flag("q quiet", "Names alone");

/** Which variant of an image is meant. */
export const platform: readonly OptionDefinition[] = [
  option("a arch", "string", "Architecture of the image"),
  option("os", "string", "System of the image"),
  option("platform", "string", "os/arch[/variant]; counts more than --os and --arch"),
];

/** `auto` was given up in 1.3.0. */
export const scheme: readonly OptionDefinition[] = [
  option("scheme", { oneOf: ["http", "https", "auto"] }, "How to talk to the registry", {
    default: "auto",
    available: until("1.3.0"),
  }),
  option("scheme", { oneOf: ["http", "https"] }, "How to talk to the registry", {
    default: "https",
    available: since("1.3.0"),
  }),
];

export const progress = option(
  "progress",
  { oneOf: ["auto", "none", "ansi", "plain", "color"] },
  "Form of the progress on stderr",
  { default: "auto", valueName: "type" },
);

export const maxConcurrentDownloads = option("max-concurrent-downloads", "Int", "Downloads at once", {
  default: 3,
});

export const dns: readonly OptionDefinition[] = [
  list("dns", "A name server", { valueName: "ip" }),
  option("dns-domain", "string", "The domain", { valueName: "domain" }),
  list("dns-option", "An option of the resolver", { valueName: "option" }),
  list("dns-search", "A domain to search", { valueName: "domain" }),
];

import type { FlagDefinition, OptionDefinition, PositionalDefinition } from "./definition.js";

export const vmName: PositionalDefinition = {
  kind: "positional",
  name: "name",
  abstract: "Name of the machine",
};

export const insecure: FlagDefinition = {
  kind: "flag",
  names: ["insecure"],
  abstract: "Talk to the registry without TLS",
};

export const concurrency: OptionDefinition = {
  kind: "option",
  names: ["concurrency"],
  value: "UInt",
  default: 4,
  abstract: "Number of connections to the registry",
};

export const deduplicate: FlagDefinition = {
  kind: "flag",
  names: ["deduplicate"],
  hidden: true,
  abstract: "Reuse parts of local images",
};

export const format: OptionDefinition = {
  kind: "option",
  names: ["format"],
  value: { oneOf: ["text", "json"] },
  default: "text",
  abstract: "Form of the output",
};

import { ValidationFailure } from "../failures.js";
import type { CommandDefinition } from "./definition.js";
import { concurrency, deduplicate, insecure } from "./shared-options.js";
import { since } from "./since.js";

/** `login`, `logout`, `pull`, `push`. */
export const registryCommands = [
  {
    name: "login",
    abstract: "Keep the credentials of a registry",
    arguments: [
      { kind: "positional", name: "host", abstract: "Host of the registry" },
      { kind: "option", names: ["username"], value: "string", abstract: "Name of the user" },
      { kind: "flag", names: ["password-stdin"], abstract: "Read the password from stdin" },
      insecure,
      { kind: "flag", names: ["no-validate"], abstract: "Do not try the credentials" },
    ],
    validate(parsed) {
      if ((parsed.optionalText("username") !== undefined) !== parsed.flag("password-stdin")) {
        throw new ValidationFailure("both --username and --password-stdin are required");
      }
    },
  },
  {
    name: "logout",
    abstract: "Forget the credentials of a registry",
    arguments: [{ kind: "positional", name: "host", abstract: "Host of the registry" }],
  },
  {
    name: "pull",
    abstract: "Fetch an image",
    arguments: [
      { kind: "positional", name: "remote-name", abstract: "Name of the image" },
      insecure,
      concurrency,
      deduplicate,
    ],
    validate(parsed) {
      requireConcurrency(parsed.number("concurrency"));
    },
  },
  {
    name: "push",
    abstract: "Publish a machine as an image",
    arguments: [
      { kind: "positional", name: "local-name", abstract: "Name of the machine" },
      { kind: "positional", name: "remote-names", repeating: true, abstract: "Names of the image" },
      insecure,
      concurrency,
      { kind: "option", names: ["chunk-size"], value: "Int", default: 0, abstract: "Size of a part in MB" },
      {
        kind: "option",
        names: ["label"],
        value: "string",
        repeating: true,
        abstract: "A label: key=value",
        available: since("2.25.0"),
      },
      { kind: "flag", names: ["populate-cache"], abstract: "Keep the image in the cache as well" },
    ],
    validate(parsed) {
      requireConcurrency(parsed.number("concurrency"));
    },
  },
] as const satisfies readonly CommandDefinition[];

function requireConcurrency(value: number): void {
  if (value < 1) throw new ValidationFailure("network concurrency cannot be less than 1");
}

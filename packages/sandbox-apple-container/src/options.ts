import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** All of it is optional. */
export interface AppleContainerOptions {
  /**
   * Name or path of the program. Default: `container`, looked up in `PATH`, then in `/usr/local/bin` and
   * `/opt/homebrew/bin`, which programs with a window often lack there.
   */
  readonly program?: string;
  /** Image for sandboxes that name none. Default: `debian:stable-slim`. */
  readonly defaultImage?: string;
  /** When to pull an image: when there is no copy, never, or before every sandbox. Default: `missing`. */
  readonly pull?: "missing" | "never" | "always";
  /** Platform of the image, such as `linux/amd64`, which needs Rosetta. Default: `linux/arm64`. */
  readonly platform?: string;
  /**
   * Whether to start the service where it is down, and to install its kernel without asking. It is the user's
   * one service for all programs, and goes on after this one. Default: false.
   */
  readonly startService?: boolean;
  /** Name servers of the guest, by address. Default: the gateway of its network. */
  readonly dns?: readonly string[];
  /** Linux capabilities to give. Default: none. */
  readonly capAdd?: readonly string[];
  /** Linux capabilities to take away. Default: `["ALL"]`. An empty list leaves the engine's default set. */
  readonly capDrop?: readonly string[];
  /** Whether the image's file system is read-only, with a `/tmp` in memory beside it. Default: false. */
  readonly readOnlyRootfs?: boolean;
  /** Whether an init is process 1, which reaps what others left. Default: true. */
  readonly init?: boolean;
  /** Absolute path of the image's POSIX shell. Default: `/bin/sh`. */
  readonly shell?: string;
  /** From the turn of a sandbox to its first command, without the pull, in milliseconds. Default: 60 000. */
  readonly startTimeoutMs?: number;
}

/** Options with every default in place. */
export interface Settings extends AppleContainerOptions {
  readonly defaultImage: string;
  readonly pull: "missing" | "never" | "always";
  readonly platform: string;
  readonly startService: boolean;
  readonly dns: readonly string[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly readOnlyRootfs: boolean;
  readonly init: boolean;
  readonly shell: string;
  readonly startTimeoutMs: number;
}

type Rule = { readonly accepts: (value: unknown) => boolean; readonly expected: string };

const word: Rule = {
  accepts: (value) => typeof value === "string" && /^[^-\0\n][^\0\n]*$/.test(value),
  expected: "a text that is not empty and does not begin with -",
};
const flag: Rule = { accepts: (value) => typeof value === "boolean", expected: "true or false" };
const listOf = (pattern: RegExp, expected: string): Rule => ({
  accepts: (value) =>
    Array.isArray(value) && value.every((each) => typeof each === "string" && pattern.test(each)),
  expected,
});
const capabilities = listOf(/^[A-Z][A-Z_]*$/, 'a list of Linux capabilities such as ["NET_RAW"]');

const rules: Readonly<Record<keyof AppleContainerOptions, Rule>> = {
  program: word,
  defaultImage: word,
  pull: {
    accepts: (value) => value === "missing" || value === "never" || value === "always",
    expected: '"missing", "never" or "always"',
  },
  platform: {
    accepts: (value) => typeof value === "string" && /^linux\/[a-z0-9_]+(\/[a-z0-9_]+)?$/.test(value),
    expected: 'a platform such as "linux/amd64"',
  },
  startService: flag,
  dns: listOf(/^[0-9A-Fa-f.:]+$/, 'a list of addresses such as ["9.9.9.9"]'),
  capAdd: capabilities,
  capDrop: capabilities,
  readOnlyRootfs: flag,
  init: flag,
  shell: {
    accepts: (value) => word.accepts(value) && (value as string).startsWith("/"),
    expected: "an absolute path",
  },
  startTimeoutMs: {
    accepts: (value) => Number.isSafeInteger(value) && (value as number) > 0,
    expected: "a whole number of milliseconds above 0",
  },
};

/** Options checked and completed. Throws `invalid_argument`. */
export function settingsFrom(options: AppleContainerOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new SandboxError("invalid_argument", "appleContainer() takes one object of options.");
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = (rules as Readonly<Record<string, Rule | undefined>>)[name];
    if (!rule) {
      throw new SandboxError("invalid_argument", `appleContainer() has no option "${name}".`, {
        hint: `Options are: ${Object.keys(rules).join(", ")}.`,
      });
    }
    if (value === undefined || rule.accepts(value)) continue;
    throw new SandboxError(
      "invalid_argument",
      `The appleContainer() option "${name}" must be ${rule.expected}.`,
    );
  }
  return {
    ...options,
    defaultImage: options.defaultImage ?? "debian:stable-slim",
    pull: options.pull ?? "missing",
    platform: options.platform ?? "linux/arm64",
    startService: options.startService ?? false,
    dns: options.dns ?? [],
    capAdd: options.capAdd ?? [],
    capDrop: options.capDrop ?? ["ALL"],
    readOnlyRootfs: options.readOnlyRootfs ?? false,
    init: options.init ?? true,
    shell: options.shell ?? "/bin/sh",
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
  };
}

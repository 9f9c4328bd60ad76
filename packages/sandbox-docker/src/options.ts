import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** How to sign in to an image registry. Kept in memory and sent to the engine with a pull, nowhere else. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** Registry that the credentials are for, such as `ghcr.io`. Default: whichever the image names. */
  readonly serverAddress?: string;
  /** Instead of user name and password. */
  readonly identityToken?: string;
}

/** All of it is optional: `docker()` finds the engine and hardens what it makes. */
export interface DockerOptions {
  /**
   * Where the engine listens: `unix:///path`, `tcp://host:port`, `https://host:port` or `npipe:////./pipe/name`.
   * Default: `DOCKER_HOST`, then the docker context in use, then the usual sockets.
   */
  readonly host?: string;
  /** A docker context by name. Default: `DOCKER_CONTEXT`, then the one that `docker context use` chose. */
  readonly context?: string;
  /** Directory with `ca.pem`, `cert.pem` and `key.pem` for an engine behind TLS. Default: `DOCKER_CERT_PATH`. */
  readonly certPath?: string;
  /** Image for sandboxes that name none. Default: `debian:stable-slim`. */
  readonly defaultImage?: string;
  /** When to pull an image: when the engine lacks it, never, or before every sandbox. Default: `missing`. */
  readonly pull?: "missing" | "never" | "always";
  /** Platform of the image, such as `linux/arm64`. Default: the engine's own. */
  readonly platform?: string;
  /** Default: what `docker login` has stored for the image's registry. */
  readonly auth?: RegistryAuth;
  /** OCI runtime by the name that the engine lists it under: `runc`, `crun`, `runsc` … Default: the engine's. */
  readonly runtime?: string;
  /** Linux capabilities to give. Default: none. */
  readonly capAdd?: readonly string[];
  /** Linux capabilities to take away. Default: `["ALL"]`. An empty list leaves the engine's default set. */
  readonly capDrop?: readonly string[];
  /** Whether programs can never gain privileges, by setuid or otherwise. Default: true. */
  readonly noNewPrivileges?: boolean;
  /**
   * Whether an init is process 1, which reaps what others left. Default: true where the engine has one;
   * where Podman lacks `catatonit`, the main shell is process 1. An explicit `true` refuses instead.
   */
  readonly init?: boolean;
  /** Processes and threads at one time where `limits.pidCount` says nothing. Default: 512. */
  readonly defaultPidCount?: number;
  /** Whether the image's file system is read-only, with a `/tmp` in memory beside it. Default: false. */
  readonly readOnlyRootfs?: boolean;
  /** Size of `/dev/shm`, in MiB; browsers want more than Docker's 64. Memory counts when it is used. Default: the engine's. */
  readonly sharedMemoryMiB?: number;
  /**
   * Whether the engine's storage can limit the writable layer, which declares `limits.diskGiB`. It takes
   * overlay2 on xfs mounted with `pquota`, or btrfs, zfs. Default: false.
   */
  readonly diskQuota?: boolean;
  /** Absolute path of the image's POSIX shell. Default: `/bin/sh`. */
  readonly shell?: string;
  /**
   * Who carries commands. `shell`, the default: the image's shell, which starts a command in a millisecond and
   * can end it. `engine`: the engine's exec, for images without a shell. Each command then takes some 50 ms,
   * and ending one before its time (`kill`, a time limit, an abort) ends the whole sandbox.
   */
  readonly commands?: "shell" | "engine";
  /**
   * With `commands: "engine"`, and only then: a program of the image that ends when its standard input does,
   * such as `["cat"]`. It is the sandbox's main process and ties its life to the owner's.
   */
  readonly main?: readonly string[];
}

/** Options with every default in place. */
export interface Settings extends DockerOptions {
  readonly defaultImage: string;
  readonly pull: "missing" | "never" | "always";
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly defaultPidCount: number;
  readonly readOnlyRootfs: boolean;
  readonly diskQuota: boolean;
  readonly commands: "shell" | "engine";
}

type Rule = { readonly accepts: (value: unknown) => boolean; readonly expected: string };

const text: Rule = {
  accepts: (value) => typeof value === "string" && value !== "" && !/[\0\n]/.test(value),
  expected: "a text that is not empty",
};
const flag: Rule = { accepts: (value) => typeof value === "boolean", expected: "true or false" };
const absolutePath: Rule = {
  accepts: (value) => text.accepts(value) && (value as string).startsWith("/"),
  expected: "an absolute path",
};
const capabilities: Rule = {
  accepts: (value) =>
    Array.isArray(value) && value.every((name) => typeof name === "string" && /^[A-Z][A-Z_]*$/.test(name)),
  expected: 'a list of Linux capabilities such as ["NET_RAW"]',
};

const rules: Readonly<Record<keyof DockerOptions, Rule>> = {
  host: text,
  context: text,
  certPath: absolutePath,
  defaultImage: text,
  pull: {
    accepts: (value) => value === "missing" || value === "never" || value === "always",
    expected: '"missing", "never" or "always"',
  },
  platform: {
    accepts: (value) => typeof value === "string" && /^[a-z0-9_]+(\/[a-z0-9_]+){0,2}$/.test(value),
    expected: 'a platform such as "linux/arm64"',
  },
  auth: { accepts: isAuth, expected: "{ username, password } or { identityToken }, all of them texts" },
  runtime: text,
  capAdd: capabilities,
  capDrop: capabilities,
  noNewPrivileges: flag,
  init: flag,
  defaultPidCount: {
    accepts: (value) => Number.isSafeInteger(value) && (value as number) > 0,
    expected: "a whole number above 0",
  },
  readOnlyRootfs: flag,
  sharedMemoryMiB: {
    accepts: (value) => Number.isSafeInteger(value) && (value as number) > 0,
    expected: "a whole number of MiB above 0",
  },
  diskQuota: flag,
  shell: absolutePath,
  commands: {
    accepts: (value) => value === "shell" || value === "engine",
    expected: '"shell" or "engine"',
  },
  main: {
    accepts: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string"),
    expected: 'a program of the image and its arguments, such as ["cat"]',
  },
};

/** Options checked and completed. Throws `invalid_argument`. */
export function settingsFrom(options: DockerOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new SandboxError("invalid_argument", "docker() takes one object of options.");
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = (rules as Readonly<Record<string, Rule | undefined>>)[name];
    if (!rule) {
      throw new SandboxError("invalid_argument", `docker() has no option "${name}".`, {
        hint: `Options are: ${Object.keys(rules).join(", ")}.`,
      });
    }
    if (value !== undefined && !rule.accepts(value)) {
      throw new SandboxError("invalid_argument", `The docker() option "${name}" must be ${rule.expected}.`);
    }
  }
  if (options.host !== undefined && options.context !== undefined) {
    throw new SandboxError("invalid_argument", 'docker() takes "host" or "context", not both.');
  }
  if ((options.commands === "engine") !== (options.main !== undefined)) {
    throw new SandboxError("invalid_argument", 'docker() takes commands: "engine" and "main" together.', {
      hint: 'For an image without a shell write { commands: "engine", main: ["cat"] }.',
    });
  }
  return {
    ...options,
    commands: options.commands ?? "shell",
    defaultImage: options.defaultImage ?? "debian:stable-slim",
    pull: options.pull ?? "missing",
    capAdd: options.capAdd ?? [],
    capDrop: options.capDrop ?? ["ALL"],
    noNewPrivileges: options.noNewPrivileges ?? true,
    defaultPidCount: options.defaultPidCount ?? 512,
    readOnlyRootfs: options.readOnlyRootfs ?? false,
    diskQuota: options.diskQuota ?? false,
  };
}

function isAuth(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const known = ["username", "password", "serverAddress", "identityToken"];
  const complete = "identityToken" in value || ("username" in value && "password" in value);
  return (
    complete && Object.entries(value).every(([key, part]) => known.includes(key) && typeof part === "string")
  );
}

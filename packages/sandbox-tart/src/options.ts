import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** All of it is optional. */
export interface TartOptions {
  /** Name or path of the program. Default: `tart`, looked up in `PATH`. */
  readonly program?: string;
  /** Tart's directory. One of its own keeps other programs' machines out of sight. Default: `TART_HOME`, then `~/.tart`. */
  readonly home?: string;
  /** A local virtual machine or an OCI image, for sandboxes that name none. Default: `ghcr.io/cirruslabs/ubuntu:latest`. */
  readonly defaultImage?: string;
  /**
   * When to pull an OCI image: when Tart has no copy, never, or before every sandbox. A tag that is there is not
   * looked up again with `missing`. Default: `missing`.
   */
  readonly pull?: "missing" | "never" | "always";
  /**
   * How commands reach the guest: by its guest agent, by SSH, or by the agent and, where none answers, SSH.
   * Default: `auto`.
   */
  readonly connect?: "auto" | "agent" | "ssh";
  /** The image's user, for SSH. Default: `admin`. */
  readonly username?: string;
  /** That user's password, for SSH. Kept in memory, and on no argument list. Default: `admin`. */
  readonly password?: string;
  /** From the start of the machine to its first command, in milliseconds. Default: 180 000. */
  readonly bootTimeoutMs?: number;
  /**
   * With `connect: "auto"`: how long the agent may take after SSH answers before SSH is taken, in milliseconds.
   * On macOS the agent waits for the login, SSH does not. Default: 20 000.
   */
  readonly agentPatienceMs?: number;
  /** Whether the machine has a window. Closing it ends the machine. Default: false. */
  readonly graphics?: boolean;
  /** Whether the guest has the host's speaker and microphone. Default: false. */
  readonly audio?: boolean;
  /** Whether the guest shares the host's clipboard. Default: false. */
  readonly clipboard?: boolean;
  /**
   * Where it is recorded which machines are whose.
   * Default: `$XDG_STATE_HOME/nanoclaw-sandbox/tart`, `~/.local/state` for want of the variable.
   */
  readonly stateDirectory?: string;
}

export type Settings = Required<TartOptions>;

type Rule = { readonly accepts: (value: unknown) => boolean; readonly expected: string };

const text: Rule = {
  accepts: (value) => typeof value === "string" && value !== "" && !/[\0\n]/.test(value),
  expected: "a text that is not empty",
};
const word: Rule = {
  accepts: (value) => text.accepts(value) && !(value as string).startsWith("-"),
  expected: "a text that is not empty and does not begin with -",
};
const flag: Rule = { accepts: (value) => typeof value === "boolean", expected: "true or false" };
const path: Rule = {
  accepts: (value) => text.accepts(value) && isAbsolute(value as string),
  expected: "an absolute path",
};
const time: Rule = {
  accepts: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  expected: "a whole number of milliseconds above 0",
};
const oneOf = (...words: string[]): Rule => ({
  accepts: (value) => words.includes(value as string),
  expected: words.map((each) => JSON.stringify(each)).join(" or "),
});

const rules: Readonly<Record<keyof TartOptions, Rule>> = {
  program: word,
  home: path,
  defaultImage: word,
  pull: oneOf("missing", "never", "always"),
  connect: oneOf("auto", "agent", "ssh"),
  username: word,
  password: text,
  bootTimeoutMs: time,
  agentPatienceMs: { ...time, accepts: (value) => value === 0 || time.accepts(value) },
  graphics: flag,
  audio: flag,
  clipboard: flag,
  stateDirectory: path,
};

/** Options checked and completed. Throws `invalid_argument`. */
export function settingsFrom(options: TartOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new SandboxError("invalid_argument", "tart() takes one object of options.");
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = (rules as Readonly<Record<string, Rule | undefined>>)[name];
    if (!rule) {
      throw new SandboxError("invalid_argument", `tart() has no option "${name}".`, {
        hint: `Options are: ${Object.keys(rules).join(", ")}.`,
      });
    }
    if (value !== undefined && !rule.accepts(value)) {
      throw new SandboxError("invalid_argument", `The tart() option "${name}" must be ${rule.expected}.`);
    }
  }
  return {
    program: options.program ?? "tart",
    home: resolve(options.home ?? (process.env.TART_HOME || join(homedir(), ".tart"))),
    defaultImage: options.defaultImage ?? "ghcr.io/cirruslabs/ubuntu:latest",
    pull: options.pull ?? "missing",
    connect: options.connect ?? "auto",
    username: options.username ?? "admin",
    password: options.password ?? "admin",
    bootTimeoutMs: options.bootTimeoutMs ?? 180_000,
    agentPatienceMs: options.agentPatienceMs ?? 20_000,
    graphics: options.graphics ?? false,
    audio: options.audio ?? false,
    clipboard: options.clipboard ?? false,
    stateDirectory: resolve(options.stateDirectory ?? stateDefault()),
  };
}

function stateDefault(): string {
  const base = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return join(base, "nanoclaw-sandbox", "tart");
}

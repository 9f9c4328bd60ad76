import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import { parse } from "dotenv";
import type { Agent } from "../agents/agent.js";
import type { Installation } from "../installation.js";
import type { Runtime } from "../runtime.js";
import { readRegularFile, UnusableFile } from "./regular-file.js";
import { parseVariable, type VariableName, type VariableValue, variables } from "./variables.js";

/** What the environment and the installation's `.env` say, checked and complete. */
export interface Settings {
  /** `CONTAINER_RUNTIME`. Absent: it is found out. */
  readonly runtime?: Runtime;
  /** `AGENT_RUNTIME`: for groups to which the policy gives no agent. */
  readonly agent: Agent;
  /** `CONTAINER_IMAGE`: of the runtimes `docker` and `container`. */
  readonly containerImage: string;
  /** `TART_BASE_IMAGE` … `TART_SSH_TIMEOUT`. */
  readonly tart: {
    readonly baseImage: string;
    readonly username: string;
    readonly password: string;
    /** From the start of the machine until it is reached. */
    readonly sshTimeoutMs: number;
  };
  /** `CONTAINER_TIMEOUT`: for the whole run. */
  readonly runMs: number;
  /** `IDLE_TIMEOUT`: without output. */
  readonly idleMs: number;
  /** `CONTAINER_BOOT_TIMEOUT`: until the guest is ready, a pull included. */
  readonly bootMs: number;
  /** `CONTAINER_QUEUE_TIMEOUT`: how long a run may wait for its turn. */
  readonly queueMs: number;
  /** `CONTAINER_MAX_OUTPUT_SIZE`. */
  readonly maxOutputBytes: number;
  /** `MAX_CONCURRENT_CONTAINERS`: across all groups and runtimes. */
  readonly maxConcurrent: number;
  /** Where each variable was found, as a person would look for it. What is absent has its default. */
  readonly sources: Readonly<Partial<Record<VariableName, string>>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const limitBytes = 1_048_576;

/**
 * Reads the variables of NanoClaw and of this adapter: from the environment, else from `.env` in the installation's
 * root. Changes neither. An empty value counts as none.
 *
 * @throws SandboxError `invalid_argument` that names variable, value and what to write.
 */
export async function readSettings(
  { root }: Installation,
  environment: Environment = process.env,
): Promise<Settings> {
  const path = join(root, ".env");
  const file = await readDotenv(path);
  const sources: Partial<Record<VariableName, string>> = {};
  const value = <N extends VariableName>(name: N): VariableValue<N> => {
    const places = [
      { text: environment[name], source: "the environment" },
      { text: file[name], source: path },
    ];
    const found = places.find(({ text }) => text !== undefined && text.trim() !== "");
    if (found?.text === undefined) return variables[name].byDefault;
    sources[name] = found.source;
    return parseVariable(name, found.text, found.source);
  };
  return {
    runtime: value("CONTAINER_RUNTIME"),
    agent: value("AGENT_RUNTIME"),
    containerImage: value("CONTAINER_IMAGE"),
    tart: {
      baseImage: value("TART_BASE_IMAGE"),
      username: value("TART_VM_USERNAME"),
      password: value("TART_VM_PASSWORD"),
      sshTimeoutMs: value("TART_SSH_TIMEOUT"),
    },
    runMs: value("CONTAINER_TIMEOUT"),
    idleMs: value("IDLE_TIMEOUT"),
    bootMs: value("CONTAINER_BOOT_TIMEOUT"),
    queueMs: value("CONTAINER_QUEUE_TIMEOUT"),
    maxOutputBytes: value("CONTAINER_MAX_OUTPUT_SIZE"),
    maxConcurrent: value("MAX_CONCURRENT_CONTAINERS"),
    sources,
  };
}

async function readDotenv(path: string): Promise<Environment> {
  try {
    return parse((await readRegularFile(path, { limitBytes, followLink: true }))?.text ?? "");
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    // To go on without it could give a group a weaker wall than it asks for.
    throw new SandboxError("invalid_argument", `${path} ${error.message}.`, {
      cause: error,
      hint: "Make it a file of NAME=VALUE lines, or move it away and set the variables in the environment.",
    });
  }
}

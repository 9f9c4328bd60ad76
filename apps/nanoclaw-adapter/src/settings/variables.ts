import { SandboxError } from "@nanoclaw/sandbox";
import { type Agent, agents } from "../agents/agent.js";
import { type Runtime, runtimes } from "../runtime.js";

/** A setting that comes from the environment or from `.env`. */
interface Variable<T> {
  /** What holds when it is not set. */
  readonly byDefault: T;
  /** What a person should write. */
  readonly expected: string;
  /** Undefined for what is not acceptable. */
  parse(text: string): T | undefined;
  /** Its value is not shown. */
  readonly secret?: true;
}

/** The longest time that a timer of Node.js can take. */
const longestMs = 2 ** 31 - 1;

const milliseconds = (byDefault: number): Variable<number> => ({
  byDefault,
  expected: `whole milliseconds, such as ${byDefault}`,
  parse: (text) => wholeNumber(text, longestMs),
});

const text = (byDefault: string): Variable<string> => ({
  byDefault,
  expected: 'a text in one line that does not begin with "-"',
  parse: (value) => (/^[^-\0\r\n][^\0\r\n]*$/.test(value) ? value : undefined),
});

const runtime: Variable<Runtime | undefined> = {
  byDefault: undefined,
  expected: `one of ${[...runtimes].reverse().join(", ")}`,
  parse: (value) => runtimes.find((each) => each === value),
};

const agent: Variable<Agent> = {
  byDefault: "claude",
  expected: `one of ${agents.join(", ")}`,
  parse: (value) => agents.find((each) => each === value),
};

/** Every name that is looked at, with NanoClaw's own defaults where the name is its own. */
export const variables = {
  CONTAINER_RUNTIME: runtime,
  AGENT_RUNTIME: agent,
  CONTAINER_IMAGE: text("nanoclaw-agent:latest"),
  TART_BASE_IMAGE: text("tart_nanoclaw_base"),
  TART_VM_USERNAME: text("admin"),
  TART_VM_PASSWORD: { ...text("admin"), secret: true, parse: (value: string) => value },
  TART_SSH_TIMEOUT: milliseconds(60_000),
  CONTAINER_TIMEOUT: milliseconds(1_800_000),
  IDLE_TIMEOUT: milliseconds(1_800_000),
  CONTAINER_BOOT_TIMEOUT: milliseconds(300_000),
  CONTAINER_QUEUE_TIMEOUT: milliseconds(600_000),
  CONTAINER_MAX_OUTPUT_SIZE: {
    byDefault: 10_485_760,
    expected: "whole bytes, such as 10485760",
    parse: (value: string) => wholeNumber(value, Number.MAX_SAFE_INTEGER),
  },
  MAX_CONCURRENT_CONTAINERS: {
    byDefault: 5,
    expected: "a whole number from 1 to 1000",
    parse: (value: string) => wholeNumber(value, 1_000),
  },
} satisfies Readonly<Record<string, Variable<unknown>>>;

export type VariableName = keyof typeof variables;
export type VariableValue<N extends VariableName> = (typeof variables)[N]["byDefault"];

/**
 * The value of a variable from a text, for which `source` says where it stands.
 *
 * @throws SandboxError `invalid_argument` that names variable, value and what to write.
 */
export function parseVariable<N extends VariableName>(
  name: N,
  text: string,
  source: string,
): VariableValue<N> {
  const variable: Variable<unknown> = variables[name];
  const value = variable.parse(text.trim());
  if (value !== undefined) return value as VariableValue<N>;
  const shown = variable.secret ? "not acceptable" : JSON.stringify(text.slice(0, 80));
  throw new SandboxError("invalid_argument", `${name} is ${shown}, in ${source}.`, {
    hint: `Write ${variable.expected}, or take the line out for the default.`,
  });
}

function wholeNumber(text: string, most: number): number | undefined {
  if (!/^[1-9]\d*$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}

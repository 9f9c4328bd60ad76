import { SandboxError } from "../contract/error.js";

/** Refuses a value that is not acceptable, before anything is made. `what` names it, `hint` says what to write. */
export function refuse(what: string, hint: string): never {
  throw new SandboxError("invalid_argument", what, { hint });
}

/** Shows a value in a message, shortened and in one line. Not for values that may be secret. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : describe(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}

/** Every key must be known: an option that is ignored would be a promise not kept. */
export function checkKeys(what: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(`${what} must be an object, not ${show(value)}.`, `Write { ${known.slice(0, 3).join(", ")} … }.`);
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = known.find((each) => each.toLowerCase().startsWith(key.toLowerCase().slice(0, 4)));
    refuse(
      `${what} has no option ${show(key)}.`,
      near ? `Did you mean ${near}?` : `Known are ${known.join(", ")}.`,
    );
  }
}

export function checkText(what: string, value: unknown): asserts value is string {
  if (typeof value !== "string")
    refuse(`${what} must be a string, not ${show(value)}.`, "Write it in quotes.");
  if (value.includes("\0")) refuse(`${what} has a NUL byte in it.`, "Leave the NUL byte out.");
}

/** A path in the guest. */
export function checkGuestPath(what: string, value: unknown): asserts value is string {
  checkText(what, value);
  if (!value.startsWith("/")) {
    refuse(`${what} must be an absolute path in the guest, not ${show(value)}.`, "Begin it with a slash.");
  }
}

/** A path in the guest that engines keep in records of a line each. */
export function checkPlainGuestPath(what: string, value: unknown): asserts value is string {
  checkGuestPath(what, value);
  if (/[\n\r]/.test(value)) refuse(`${what} has a line end in it.`, "Choose a path without line ends.");
  if (value.split("/").includes("..")) refuse(`${what} has ".." in it.`, "Write the path without it.");
}

export function checkNumber(
  what: string,
  value: unknown,
  { least, whole, most = Number.MAX_SAFE_INTEGER }: { least: number; whole?: boolean; most?: number },
): asserts value is number {
  const good =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= least &&
    value <= most &&
    (!whole || Number.isInteger(value));
  if (good) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  refuse(
    `${what} must be a ${whole ? "whole " : ""}number ${range}, not ${show(value)}.`,
    "Correct the number.",
  );
}

/** Setting a longer timer makes Node fire it at once. */
const longestTimer = 2 ** 31 - 1;

export function checkTimeout(what: string, value: unknown): asserts value is number | undefined {
  if (value !== undefined) checkNumber(what, value, { least: 1, most: longestTimer });
}

export function checkSignal(what: string, value: unknown): asserts value is AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return;
  refuse(
    `${what} must be an AbortSignal, not ${show(value)}.`,
    "Pass controller.signal of an AbortController.",
  );
}

/** Linux takes no longer single argument or environment entry (MAX_ARG_STRLEN), its final NUL included. */
export const longestArgument = 128 * 1024 - 1;
/** Read-only in shells, or set by them for each command. */
const shellVariables = new Set(["UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO", "_"]);

/** Names and values of environment variables. Values may be secrets and are never shown. */
export function checkEnvironment(what: string, value: unknown): asserts value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(`${what} must be an object, not ${show(value)}.`, 'Write { NAME: "value" }.');
  }
  for (const [name, text] of Object.entries(value)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      refuse(`${what} has the name ${show(name)}.`, "Use letters, digits and _, not a digit first.");
    }
    if (shellVariables.has(name) || name.startsWith("sb_")) {
      refuse(`${what} sets ${name}, which belongs to the guest's shell.`, "Choose another name.");
    }
    if (typeof text !== "string") refuse(`${what}.${name} must be a string.`, `Write String(value).`);
    if (text.includes("\0")) refuse(`${what}.${name} has a NUL byte in it.`, "Leave the NUL byte out.");
    if (Buffer.byteLength(text) + name.length + 1 > longestArgument) {
      refuse(
        `${what}.${name} is longer than 128 KiB, which Linux does not take.`,
        "Pass it as a file or as input.",
      );
    }
  }
}

import type { ExecOptions, SpawnOptions } from "../command-options.js";
import type { Capabilities } from "../contract/capabilities.js";
import { SandboxError } from "../contract/error.js";
import type { TerminalSize } from "../contract/process.js";
import {
  checkEnvironment,
  checkGuestPath,
  checkKeys,
  checkNumber,
  checkSignal,
  checkText,
  checkTimeout,
  longestArgument,
  refuse,
  show,
} from "./check.js";
import { checkUser } from "./check-create.js";
import type { GuestCommand } from "./commands.js";

const common = ["cwd", "env", "user", "timeoutMs", "signal"];

export function checkExecOptions(options: ExecOptions): void {
  checkKeys("exec", options, [...common, "input", "maxOutputBytes", "check"]);
  const { input, maxOutputBytes, check } = options;
  checkInput(input);
  if (maxOutputBytes !== undefined) checkNumber("maxOutputBytes", maxOutputBytes, { least: 0, whole: true });
  if (check !== undefined && typeof check !== "boolean")
    refuse(`check is ${show(check)}.`, "Write true or false.");
}

export function checkSpawnOptions(
  options: SpawnOptions,
  capabilities: Capabilities,
): TerminalSize | undefined {
  checkKeys("spawn", options, [...common, "tty", "stdin", "input"]);
  const { tty, stdin, input } = options;
  if (stdin !== undefined && typeof stdin !== "boolean")
    refuse(`stdin is ${show(stdin)}.`, "Write true or false.");
  checkInput(input);
  if (input !== undefined && stdin !== undefined) refuse("input is all of stdin.", "Leave stdin out.");
  if (tty && stdin === false) refuse("A terminal has input.", "Leave stdin out.");
  if (tty && input !== undefined) refuse("A terminal has live input.", "Write to stdin instead of input.");
  if (tty === undefined || tty === false) return undefined;
  if (!capabilities.terminals) {
    throw new SandboxError("unsupported", "This engine has no terminals.", { hint: "Leave tty out." });
  }
  if (tty === true) return { columns: 80, rows: 24 };
  checkSize(tty);
  return tty;
}

function checkInput(input: unknown): void {
  if (input === undefined || typeof input === "string" || input instanceof Uint8Array) return;
  refuse(`input must be a string or bytes, not ${show(input)}.`, "Use spawn to write a stream to it.");
}

export function checkSize(size: unknown): asserts size is TerminalSize {
  checkKeys("tty", size, ["columns", "rows"]);
  const { columns, rows } = size as TerminalSize;
  checkNumber("columns", columns, { least: 1, most: 65_535, whole: true });
  checkNumber("rows", rows, { least: 1, most: 65_535, whole: true });
}

/** A command with the options that exec and spawn share. */
export function checkCommand(
  command: unknown,
  options: ExecOptions | SpawnOptions,
  capabilities: Capabilities,
  shell: string,
): GuestCommand {
  const { cwd, env = {}, user } = options;
  checkTimeout("timeoutMs", options.timeoutMs);
  checkSignal("signal", options.signal);
  if (cwd !== undefined) checkGuestPath("cwd", cwd);
  checkEnvironment("env", env);
  if (user !== undefined) {
    checkUser(user);
    if (!capabilities.users) {
      throw new SandboxError("unsupported", "This engine cannot choose a user.", { hint: "Leave user out." });
    }
  }
  return { argv: checkArgv(command, shell), cwd, env, user };
}

function checkArgv(command: unknown, shell: string): readonly string[] {
  const argv = typeof command === "string" ? [shell, "-c", command] : command;
  if (!Array.isArray(argv) || argv.length === 0) {
    refuse(
      `The command is ${show(command)}.`,
      'Write a string for the shell, or an array such as ["node", "-v"].',
    );
  }
  for (const argument of argv as unknown[]) {
    checkText("An argument of the command", argument);
    if (Buffer.byteLength(argument) > longestArgument) {
      refuse(
        "An argument of the command is longer than 128 KiB, which Linux does not take.",
        "Pass it as input.",
      );
    }
  }
  if (argv[0] === "") refuse("The command has an empty program name.", "Name a program.");
  return [...(argv as string[])];
}

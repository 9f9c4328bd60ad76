import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What a program wrote to its standard output; its standard error is in the message when it fails. */
export async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const PATH = [process.env.PATH, "/usr/sbin", "/sbin"].join(":");
  const { stdout } = await execute(program, [...args], {
    env: { ...process.env, PATH, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

import { execFile } from "node:child_process";

/**
 * Runs a program of the host to its end and gives what it wrote to standard output.
 *
 * @throws An `Error` with what it wrote to standard error.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...args], { env: hostEnvironment }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on("error", () => child.stdin?.destroy());
    child.stdin?.end(options.input ?? "");
  });
}

/** Nothing of the environment that the emulator is called in reaches programs of the system or a guest. */
export const hostEnvironment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

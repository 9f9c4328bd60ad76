import { execFileSync } from "node:child_process";

/** Docker's own program, to compare with. */
export function whyNoDockerProgram(): string | undefined {
  try {
    execFileSync("docker", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "No docker program in PATH to compare with; on Debian and Ubuntu: apt-get install docker.io.";
  }
}

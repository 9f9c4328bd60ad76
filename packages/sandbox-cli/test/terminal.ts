import { spawnSync } from "node:child_process";
import type { Installation, Running } from "./cli.js";

/** Why no pseudo-terminal can be had here. */
export const noTerminal =
  process.platform === "linux" && spawnSync("script", ["--version"]).status === 0
    ? undefined
    : "No pseudo-terminal: script of util-linux not found; on Debian and Ubuntu: apt-get install bsdutils";

/** Runs a script on a terminal. What is written to the standard input is typed. */
export function onTerminal(installation: Installation, script: string, env?: NodeJS.ProcessEnv): Running {
  // Whoever runs the tests in the background ignores Ctrl-C, and what they start would inherit that.
  const signals = "--default-signal=INT,QUIT";
  const onPty = ["script", "--quiet", "--return", "--command", script, "/dev/null"];
  return installation.startProgram("env", [signals, ...onPty], {
    input: "open",
    env,
  });
}

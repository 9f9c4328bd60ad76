import { spawn } from "node:child_process";
import { once } from "node:events";

/** Directory of the repository. */
export const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** Environment of every command started here; `lib/pnpm.mjs` adds pnpm to its PATH. */
export const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  NO_UPDATE_NOTIFIER: "1",
};

export class CommandFailed extends Error {
  constructor(command, exitCode, signal, output) {
    super(
      `${command} ${signal ? `was ended by ${signal}` : `exited with ${exitCode}`}${output && `:\n${output}`}`,
    );
    this.exitCode = exitCode;
    this.output = output;
  }
}

const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(name, () => {
    // Who asks a second time does not want to wait for the cleaning up.
    if (interruption.signal.aborted) process.exit(130);
    process.exitCode = 130;
    interruption.abort(new Error(`Ended by ${name}.`));
  });
}

/**
 * Runs a command without a shell and resolves to its stdout; rejects with `CommandFailed` on anything but 0.
 * When this process is told to end, so is the command with everything it started, and the promise rejects: whoever
 * waits for it then cleans up in its `finally`.
 *
 * @param {string[]} argv
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, show?: boolean }} options
 *   `show` (default false) passes its output on instead of collecting it.
 * @returns {Promise<string>}
 */
export async function run(argv, { cwd = root, env = {}, show = false } = {}) {
  const { signal } = interruption;
  signal.throwIfAborted();
  const child = spawn(argv[0], argv.slice(1), {
    cwd,
    env: { ...environment, ...env },
    stdio: show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    // A process group of its own, so that everything it started can be told to end.
    detached: true,
  });
  const end = () => endGroup(child);
  signal.addEventListener("abort", end, { once: true });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) {
    child[stream]?.setEncoding("utf8").on("data", (text) => {
      output[stream] += text;
    });
  }
  const [exitCode, endedBy] = await once(child, "close").finally(() =>
    signal.removeEventListener("abort", end),
  );
  signal.throwIfAborted();
  if (exitCode === 0) return output.stdout;
  throw new CommandFailed(argv.join(" "), exitCode, endedBy, (output.stderr + output.stdout).trim());
}

function endGroup(child) {
  tell(child, "SIGINT");
  setTimeout(() => tell(child, "SIGKILL"), 10_000).unref();
}

function tell(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Runs one named part of a longer script and says how long it took. */
export async function step(title, work) {
  say(`\n── ${title}`);
  const started = performance.now();
  try {
    return await work();
  } finally {
    say(`   ${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

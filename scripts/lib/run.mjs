import { spawn } from "node:child_process";

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

/**
 * Runs a command without a shell and resolves to its stdout; rejects with `CommandFailed` on anything but 0.
 * It runs in a process group of its own, which is killed when `signal` aborts.
 *
 * @param {string[]} argv
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, signal?: AbortSignal, show?: boolean }} options
 *   `show` (default false) passes its output on instead of collecting it.
 * @returns {Promise<string>}
 */
export function run(argv, { cwd = root, env = {}, signal, show = false } = {}) {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env: { ...environment, ...env },
      stdio: show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      // A terminal's Ctrl-C reaches what is shown by itself; the rest has a group that can be killed as one.
      detached: signal !== undefined,
    });
    const kill = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
    };
    signal?.addEventListener("abort", kill, { once: true });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (exitCode, endedBy) => {
      signal?.removeEventListener("abort", kill);
      if (signal?.aborted) reject(signal.reason);
      else if (exitCode === 0) resolve(stdout);
      else reject(new CommandFailed(argv.join(" "), exitCode, endedBy, (stderr + stdout).trim()));
    });
  });
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Runs one named part of a longer script and says how long it took. */
export async function step(title, work) {
  say(`\n── ${title}`);
  const started = performance.now();
  const result = await work();
  say(`   ${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

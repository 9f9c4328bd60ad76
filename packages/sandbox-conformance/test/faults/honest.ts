import { constants } from "node:os";
import { SandboxError } from "@nanoclaw/sandbox";
import { defineCapabilities } from "@nanoclaw/sandbox/adapter";
import { declaring, type Fault, twoFaced, withExit, withPrefix, withProcess, withSpec } from "../fault.js";
import { laneProvider } from "../lane-provider.js";

/** G6: ends told as something else. */
export const honestFaults: readonly Fault[] = [
  {
    fault: "tells a lost command as exit 0",
    caughtBy: ["G6.lost"],
    says: /did not reject with sandbox_lost/,
    provider: (base) =>
      withProcess(base, ({ exited }) => ({ exited: exited.catch(() => ({ exitCode: 0, signal: null })) })),
  },
  {
    fault: "tells death by a signal as an exit with 128 and its number",
    caughtBy: ["G6.signals", "G6.killed", "G6.signal-in-shell"],
    says: /SIG/,
    provider: (base) =>
      withExit(base, ({ exitCode, signal }) => ({
        exitCode: signal ? 128 + constants.signals[signal as NodeJS.Signals] : exitCode,
        signal: null,
      })),
  },
  {
    fault: "takes an exit with more than 128 for death by a signal",
    caughtBy: ["G6.exit-codes"],
    says: /exit 129 was told as something else/,
    provider: (base) =>
      withExit(base, (exit) => ((exit.exitCode ?? 0) > 128 ? { exitCode: null, signal: "SIGHUP" } : exit)),
  },
  {
    fault: "fails where a program is missing, as an engine's own exec does",
    caughtBy: ["G6.missing-program"],
    says: /executable file not found/,
    provider: (base) =>
      withSpec(base, (spec) => {
        if (spec.argv[0]?.startsWith("no-such")) throw new Error("executable file not found in $PATH");
        return spec;
      }),
  },
  {
    fault: "never tells the end of a program that is missing",
    caughtBy: ["G6.missing-program"],
    says: /did not settle/,
    provider: (base) =>
      withProcess(base, ({ exited }) => ({
        exited: exited.then((exit) => (exit.exitCode === 127 ? new Promise(() => undefined) : exit)),
      })),
  },
  {
    fault: "starts a command somewhere else when its directory is missing",
    caughtBy: ["G6.missing-cwd"],
    says: /did not reject with invalid_argument/,
    provider: (base) =>
      withSpec(base, (spec) => (spec.cwd?.startsWith("/no/") ? { ...spec, cwd: "/" } : spec)),
  },
  {
    fault: "tells a time limit, when it kills, as an end of its own",
    caughtBy: ["G6.timeout"],
    says: /did not reject with timeout|rejected with/,
    provider: (base) =>
      withProcess(base, (process) => ({
        kill: async () => {
          await process.kill?.("SIGKILL");
          throw new SandboxError("adapter_fault", "It has been killed.");
        },
      })),
  },
  {
    fault: "tells any failure of a command as one of the adapter",
    caughtBy: ["G6.check"],
    says: /rejected with adapter_fault/,
    provider: (base) =>
      withExit(base, (exit) => {
        if (exit.exitCode !== 0) throw new Error("exit status 3");
        return exit;
      }),
  },
  {
    fault: "does not tell that memory ran out",
    caughtBy: ["G6.out-of-memory"],
    says: /outOfMemory is not told/,
    pretends: true,
    provider: (base) => withPrefix(declaring(base, { limits: { memoryMiB: true } }), "ulimit -v 65536"),
  },
  {
    fault: "loses the exit code of a command that wrote much",
    caughtBy: ["G6.truncated"],
    says: /7|truncated/,
    provider: (base) => withExit(base, (exit) => (exit.exitCode === 7 ? { ...exit, exitCode: 0 } : exit)),
  },
  {
    fault: "lets commands wait before they are started",
    caughtBy: ["G6.duration"],
    says: / ms of |too short/,
    provider: (base) =>
      withSpec(base, (spec) => ({ ...spec, argv: spec.argv.map((word) => (word === "1" ? "0.2" : word)) })),
  },
  {
    fault: "does not replace a lane that a command has killed",
    caughtBy: ["G6.killed-parent", "G6.killed-lane", "G6.everything-killed"],
    says: /did not settle/,
    pretends: true,
    root: true,
    provider: (base) => laneProvider(declaring(base, { isolation: "container" }), { namespace: true }),
  },
  {
    fault: "says nothing when a sandbox ends by itself",
    caughtBy: ["G6.lost-event"],
    says: /sandbox-lost/,
    pretends: true,
    provider: (base) =>
      twoFaced(base, defineCapabilities({ ...base.capabilities, commands: "shell" }), base.capabilities),
  },
];

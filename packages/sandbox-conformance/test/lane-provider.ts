import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import {
  mergeOutput,
  type ProcessExit,
  type ProcessSpec,
  quote,
  type RawProcess,
} from "@nanoclaw/sandbox/adapter";
import { withDriver } from "./fault.js";

export interface LaneOptions {
  /** Commands are run by the lane's shell itself, not by a child of it. */
  readonly sameShell?: boolean;
  /** The lane has its own processes, and whoever is in it may end it. */
  readonly namespace?: boolean;
}

/**
 * Carries commands over one shell in the way that comes to mind first: the command, then a line that tells its
 * end. It falls into every trap that a shell has for those who send it commands.
 */
export function laneProvider(base: SandboxProvider, options: LaneOptions = {}): SandboxProvider {
  return withDriver(base, (driver) => {
    const lane = startLane(options.namespace ?? false);
    let turn: Promise<unknown> = Promise.resolve();
    return {
      spawn: async (spec) => {
        const before = turn;
        let done: (() => void) | undefined;
        turn = new Promise<void>((resolve) => {
          done = resolve;
        });
        await before;
        return command(lane, spec, options, () => done?.());
      },
      destroy: async (call) => {
        lane.kill("SIGKILL");
        await driver.destroy(call);
      },
    };
  });
}

function startLane(namespace: boolean): ChildProcessWithoutNullStreams {
  // Two shells in the namespace: its first process cannot be killed from inside.
  const argv = namespace
    ? ["unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "sh; sleep 60"]
    : ["sh"];
  const [program = "", ...words] = argv;
  return spawn(program, words, { cwd: "/tmp", detached: true, env: { PATH: process.env.PATH } });
}

function command(
  lane: ChildProcessWithoutNullStreams,
  { argv, cwd, env = {} }: ProcessSpec,
  { sameShell }: LaneOptions,
  done: () => void,
): RawProcess {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const exited = new Promise<ProcessExit>((resolve) => {
    const take = (data: Buffer): void => {
      const text = data.toString("latin1");
      const end = /__END__ (\d+)\n/.exec(text);
      stdout.write(Buffer.from(end ? text.slice(0, end.index) : text, "latin1"));
      if (!end) return;
      lane.stdout.off("data", take);
      lane.stderr.off("data", takeError);
      stdout.end();
      stderr.end();
      resolve({ exitCode: Number(end[1]), signal: null });
      done();
    };
    const takeError = (data: Buffer): void => void stderr.write(data);
    lane.stdout.on("data", take);
    lane.stderr.on("data", takeError);
    const [, , code] = argv;
    const variables = Object.entries(env).map(([name, value]) => `${name}="${value}"`);
    const words = argv.map(quote).join(" ");
    const whole =
      sameShell && argv[1] === "-c" ? code : `(cd ${cwd ?? "."} && env ${variables.join(" ")} ${words})`;
    lane.stdin.write(`${whole} </dev/null; echo "__END__ $?"\n`);
  });
  return {
    stdin: new PassThrough().resume(),
    output: mergeOutput(stdout, stderr),
    exited,
    kill: async () => {
      lane.kill("SIGKILL");
      await once(lane, "exit");
    },
    disconnect: () => undefined,
  };
}

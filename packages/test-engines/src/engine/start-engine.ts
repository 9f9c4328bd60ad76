import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { importImages } from "../images/import-images.js";
import { DEFAULT_IMAGES } from "../images/test-images.js";
import { identify, isAlive, readProcFile } from "../process-identity.js";
import { descendantsOf } from "../process-table.js";
import { waitUntilGone } from "../wait-until-gone.js";
import { askEngineForJson } from "./api.js";
import type { EngineOptions, TestEngine } from "./engine.js";
import { BRIDGE_TAKEN, type Keeper, startKeeper } from "./keeper.js";
import { leftoversOf, sweepLeftovers } from "./leftovers.js";
import { claimPlace, defaultParentDirectory, type Place } from "./place.js";

const STOP_DEADLINE_MS = 15_000;

/** What one kind of engine adds: how its daemon is called. */
export interface EngineKind {
  readonly kind: TestEngine["kind"];
  /** The daemon's program, as the process table has it. */
  readonly program: string;
  /** Writes its configuration into the place and gives the command that starts it. */
  prepare(place: Place, socketPath: string): EngineCommand;
}

export interface EngineCommand {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly dataRoot: string;
  readonly execRoot: string;
}

export async function startEngine(kind: EngineKind, options: EngineOptions = {}): Promise<TestEngine> {
  const parentDirectory = options.parentDirectory ?? defaultParentDirectory();
  const timeoutMs = options.timeoutMs ?? 30_000;
  await sweepLeftovers(parentDirectory);
  for (let first = 0; ; ) {
    const place = claimPlace(parentDirectory, first);
    const engine = await startAt(place, kind, timeoutMs);
    if (engine !== undefined) return engine;
    first = place.number + 1;
  }
}

async function startAt(place: Place, kind: EngineKind, timeoutMs: number): Promise<TestEngine | undefined> {
  const socketPath = join(place.directory, "engine.sock");
  const logPath = join(place.directory, "engine.log");
  const { command, env, dataRoot, execRoot } = kind.prepare(place, socketPath);
  const keeper = startKeeper(place, command, env);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= end(place, keeper);
    return stopping;
  };
  const launch = async () => {
    keeper.start();
    return await firstAnswer(socketPath, logPath, keeper, timeoutMs);
  };

  let about: EngineVersion;
  try {
    about = await launch();
  } catch (error) {
    await stop();
    if ((await keeper.ended) === BRIDGE_TAKEN) return undefined;
    throw error;
  }
  const daemon = () => {
    const found = descendantsOf(keeper.pid).find(
      ({ pid }) => readProcFile(pid, "comm")?.trim() === kind.program,
    );
    if (found === undefined) throw new Error(`${kind.program} does not run; its log is ${logPath}`);
    return found.pid;
  };
  const importAll: TestEngine["importAll"] = (names = DEFAULT_IMAGES) => importImages(socketPath, names);

  return {
    kind: kind.kind,
    socketPath,
    dockerHost: `unix://${socketPath}`,
    ...about,
    get pid() {
      return daemon();
    },
    directory: place.directory,
    dataRoot,
    execRoot,
    logPath,
    bridge: place.bridge,
    importImage: (name) => importAll([name]),
    importAll,
    hostPid: (enginePid) =>
      descendantsOf(keeper.pid).find(({ pid }) => {
        // The ids of a process in all the namespaces that it is in, from the host's inwards.
        const ids = /^NSpid:\s*(.*)$/m.exec(readProcFile(pid, "status") ?? "")?.[1]?.split(/\s+/);
        return Number(ids?.[1]) === enginePid;
      })?.pid,
    pause: () => void process.kill(daemon(), "SIGSTOP"),
    resume: () => void process.kill(daemon(), "SIGCONT"),
    kill: async () => {
      const victim = identify(daemon());
      if (victim === undefined) return;
      process.kill(victim.pid, "SIGKILL");
      await waitUntilGone(() => isAlive(victim), STOP_DEADLINE_MS);
    },
    restart: async () => void (await launch()),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
}

async function firstAnswer(
  socketPath: string,
  logPath: string,
  keeper: Keeper,
  timeoutMs: number,
): Promise<EngineVersion> {
  const deadline = performance.now() + timeoutMs;
  let ended = false;
  void keeper.ended.then(() => {
    ended = true;
  });
  for (;;) {
    try {
      return readVersion(await askEngineForJson(socketPath, "/version", 5_000));
    } catch (cause) {
      if (ended) throw new Error("The engine ended before it answered", { cause });
      if (performance.now() > deadline) {
        throw new Error(
          `No answer from the engine after ${timeoutMs} ms. The end of its log:\n${tail(logPath)}`,
          {
            cause,
          },
        );
      }
    }
    await delay(50);
  }
}

function readVersion(answer: unknown): EngineVersion {
  if (typeof answer === "object" && answer !== null && "Version" in answer && "ApiVersion" in answer) {
    return { version: String(answer.Version), apiVersion: String(answer.ApiVersion) };
  }
  throw new Error(`Not the version of an engine: ${JSON.stringify(answer)}`);
}

async function end(place: Place, keeper: Keeper): Promise<void> {
  keeper.letGo();
  await keeper.ended;
  // The kernel takes apart a dead container's network in the background.
  await waitUntilGone(() => leftoversOf(place), STOP_DEADLINE_MS);
}

function tail(path: string): string {
  return readFileSync(path, "utf8").split("\n").slice(-20).join("\n");
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { importImages } from "../images/import-images.js";
import { DEFAULT_IMAGES } from "../images/test-images.js";
import { identify, isAlive, readProcFile } from "../process-identity.js";
import { descendantsOf } from "../process-table.js";
import { waitUntilGone } from "../wait-until-gone.js";
import type { EngineOptions, TestEngine } from "./engine.js";
import { type EngineVersion, firstAnswer } from "./first-answer.js";
import { BRIDGE_TAKEN, type Keeper, startKeeper } from "./keeper.js";
import { leftoversOf, readHeldBridge, sweepLeftovers } from "./leftovers.js";
import { type BridgeChoice, bridgeChoices, defaultParentDirectory, makePlace, type Place } from "./place.js";

const STOP_DEADLINE_MS = 15_000;

/** What one kind of engine adds: how its daemon is called. */
export interface EngineKind {
  readonly kind: TestEngine["kind"];
  /** The daemon's program, as the process table has it. */
  readonly program: string;
  /** Writes its configuration into the place and gives the command that starts it. */
  prepare(place: Place, choice: BridgeChoice, socketPath: string): EngineCommand;
}

interface EngineCommand {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly dataRoot: string;
  readonly execRoot: string;
}

export async function startEngine(kind: EngineKind, options: EngineOptions = {}): Promise<TestEngine> {
  const parentDirectory = options.parentDirectory ?? defaultParentDirectory();
  const timeoutMs = options.timeoutMs ?? 30_000;
  await sweepLeftovers(parentDirectory);
  const place = makePlace(parentDirectory);
  for (const choice of bridgeChoices()) {
    const engine = await startAt(place, choice, kind, timeoutMs);
    if (engine !== undefined) return engine;
  }
  rmSync(place.directory, { recursive: true });
  throw new Error(
    "Every bridge and address range for test engines is taken, from nanoclaw0 on 10.192.0.0/16",
  );
}

/** Undefined when the bridge of this choice is taken. */
async function startAt(
  place: Place,
  choice: BridgeChoice,
  kind: EngineKind,
  timeoutMs: number,
): Promise<TestEngine | undefined> {
  const socketPath = join(place.directory, "engine.sock");
  const dockerHost = `unix://${socketPath}`;
  const logPath = join(place.directory, "engine.log");
  const { command, env, dataRoot, execRoot } = kind.prepare(place, choice, socketPath);
  const keeper = startKeeper(place, choice, command, env);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= end(place, keeper);
    return stopping;
  };
  const findDaemon = () =>
    descendantsOf(keeper.pid).find(
      // The arguments alone would also find what starts it, and the name alone also programs that it starts.
      ({ pid, command }) =>
        command.includes(dockerHost) && readProcFile(pid, "comm")?.trim() === kind.program,
    )?.pid;
  const launch = async () => {
    keeper.start();
    return await firstAnswer({ socketPath, logPath, timeoutMs, keeper, findDaemon });
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
    const pid = findDaemon();
    if (pid === undefined) throw new Error(`${kind.program} does not run; its log is ${logPath}`);
    return pid;
  };
  const importAll: TestEngine["importAll"] = (names = DEFAULT_IMAGES) => importImages(socketPath, names);

  return {
    kind: kind.kind,
    socketPath,
    dockerHost,
    ...about,
    get pid() {
      return daemon();
    },
    directory: place.directory,
    dataRoot,
    execRoot,
    logPath,
    bridge: choice.bridge,
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

async function end(place: Place, keeper: Keeper): Promise<void> {
  const held = readHeldBridge(place.directory);
  keeper.letGo();
  if ((await keeper.ended) === BRIDGE_TAKEN) return;
  // The kernel takes apart a dead container's network in the background.
  await waitUntilGone(() => leftoversOf(place, held), STOP_DEADLINE_MS);
}

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { scriptPath } from "../scripts.js";
import type { BridgeChoice, Place } from "./place.js";

/** Exit code of the keeper when there is a bridge of this name already. It has made nothing then. */
export const BRIDGE_TAKEN = 75;

/** The process beside an engine that starts it, and removes all of it when this process lets go or dies. */
export interface Keeper {
  readonly pid: number;
  /** Starts the engine's daemon; for the first time, or after it was killed. */
  start(): void;
  /** Asks for the end. Await `ended` for it. */
  letGo(): void;
  /** Its exit code; by then everything has been removed. Never rejects. */
  readonly ended: Promise<number | null>;
}

export function startKeeper(
  { directory }: Place,
  { bridge, network }: BridgeChoice,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Keeper {
  const log = openSync(join(directory, "engine.log"), "a");
  let child: ChildProcess;
  try {
    child = spawn("sh", [scriptPath("keep-engine.sh"), directory, bridge, network, ...command], {
      cwd: "/",
      env,
      // A session of its own: Ctrl-C in a terminal reaches the owner alone, which then stops the engine in order.
      detached: true,
      stdio: ["pipe", log, log],
    });
  } finally {
    closeSync(log);
  }
  const { pid, stdin } = child;
  if (pid === undefined || stdin === null) throw new Error("sh could not be started");
  // What is written to a keeper that has ended is of no interest: `ended` tells.
  stdin.on("error", () => undefined);
  // A forgotten engine must not keep its owner alive; when the owner ends, so does the engine.
  child.unref();
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return {
    pid,
    start: () => stdin.write("start\n"),
    letGo: () => {
      child.ref();
      stdin.end();
    },
    ended: new Promise((resolve) => child.once("exit", (code) => resolve(code))),
  };
}

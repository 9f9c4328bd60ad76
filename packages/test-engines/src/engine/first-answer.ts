import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { askEngineForJson } from "./api.js";
import type { Keeper } from "./keeper.js";

const POLL_INTERVAL_MS = 50;

/** By then the daemon's process has been started, also on a busy machine; when there is none, it has ended. */
const DAEMON_APPEARS_MS = 5_000;

export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
}

export interface FirstAnswerOptions {
  readonly socketPath: string;
  readonly logPath: string;
  readonly timeoutMs: number;
  readonly keeper: Keeper;
  /** The id of the daemon's process; undefined when it does not run. */
  findDaemon(): number | undefined;
}

/** Waits until an engine that was just started answers, and not longer than it can be expected to. */
export async function firstAnswer(options: FirstAnswerOptions): Promise<EngineVersion> {
  const { socketPath, logPath, timeoutMs, keeper, findDaemon } = options;
  let keeperEnded = false;
  void keeper.ended.then(() => {
    keeperEnded = true;
  });
  const start = performance.now();
  for (;;) {
    try {
      return readVersion(await askEngineForJson(socketPath, "/version", 5_000));
    } catch (cause) {
      if (keeperEnded) throw new Error("The engine's keeper ended before the engine answered", { cause });
      const elapsedMs = Math.round(performance.now() - start);
      if (elapsedMs > timeoutMs || (elapsedMs > DAEMON_APPEARS_MS && findDaemon() === undefined)) {
        const log = readFileSync(logPath, "utf8").split("\n").slice(-20).join("\n");
        throw new Error(`No engine after ${elapsedMs} ms. The end of its log:\n${log}`, { cause });
      }
    }
    await delay(POLL_INTERVAL_MS);
  }
}

function readVersion(answer: unknown): EngineVersion {
  if (typeof answer === "object" && answer !== null && "Version" in answer && "ApiVersion" in answer) {
    return { version: String(answer.Version), apiVersion: String(answer.ApiVersion) };
  }
  throw new Error(`Not the version of an engine: ${JSON.stringify(answer)}`);
}

import { randomUUID } from "node:crypto";
import { signalNumber } from "../container/signals.js";
import { copy, usageOf } from "./container-calls.js";
import type { Containers } from "./containers.js";
import type { RouteName, Routes } from "./protocol.js";
import type { StreamDesk } from "./stream-desk.js";

export type Handlers = {
  readonly [Name in RouteName]: (
    parameters: Routes[Name]["parameters"],
  ) => Promise<Routes[Name]["answer"]> | Routes[Name]["answer"];
};

/** What the service answers to each route. */
export function handlers(containers: Containers, desk: StreamDesk): Handlers {
  const processes = new Map<string, Promise<number>>();
  const register = (exitCode: Promise<number>): string => {
    const processId = randomUUID();
    processes.set(processId, exitCode);
    return processId;
  };
  return {
    ping: () => ({ pid: process.pid }),
    containerList: () => containers.list(),
    containerCreate: async ({ configuration, imageRoot, autoRemove }) => {
      await containers.create(configuration, imageRoot, autoRemove);
      return null;
    },
    containerBootstrap: async ({ id, streams }) => {
      const { ended } = await containers.bootstrap(id, await desk.collect(streams));
      return { processId: register(ended) };
    },
    containerStartProcess: async ({ id }) => {
      await containers.start(id);
      return null;
    },
    containerExec: async ({ id, process: configuration, streams }) => {
      const { exitCode } = await containers.exec(id, configuration, await desk.collect(streams));
      return { processId: register(exitCode) };
    },
    containerWait: async ({ processId }) => {
      const exitCode = (await processes.get(processId)) ?? LOST;
      processes.delete(processId);
      return { exitCode };
    },
    containerStop: async ({ id, signal, graceMs }) => {
      const { configuration } = containers.get(id);
      await containers.stop(id, signal ?? stopSignalOf(configuration), graceMs);
      return null;
    },
    containerKill: async ({ id, signal }) => {
      await containers.kill(id, signal);
      return null;
    },
    containerDelete: async ({ id, force }) => {
      await containers.delete(id, force);
      return null;
    },
    containerStats: ({ id }) => usageOf(containers.get(id)) ?? null,
    containerCopy: async ({ id, ...request }) => ({
      path: await copy(containers.get(id), containers.home, request),
    }),
    containerLogs: ({ id }) => containers.logs(id),
    containerRoot: ({ id }) => ({ root: containers.root(id) }),
    shutDown: () => containers.stopAll(SHUT_DOWN_GRACE_MS, stopSignalOf),
  };
}

/** What a client gets that asks for a process which nobody knows. */
const LOST = 255;
const SHUT_DOWN_GRACE_MS = 5000;
const SIGTERM = 15;

function stopSignalOf({ stopSignal }: { readonly stopSignal?: string }): number {
  return stopSignal === undefined ? SIGTERM : (signalNumber(stopSignal) ?? SIGTERM);
}

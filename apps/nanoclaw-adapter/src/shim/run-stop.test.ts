import type { SandboxProcess } from "@nanoclaw/sandbox";
import { expect, test } from "vitest";
import { RunStop } from "./run-stop.js";

test("a run whose time is up is asked to end, and killed when it does not", async () => {
  const signals: (string | undefined)[] = [];
  const child = { kill: async (signal?: string) => void signals.push(signal) } as unknown as SandboxProcess;
  const stubborn = new RunStop();
  stubborn.started(child, new Promise(() => undefined));
  await stubborn.timeOut(1);
  expect(signals).toEqual(["SIGTERM", "SIGKILL"]);
  expect(stubborn).toMatchObject({ timedOut: true, reason: undefined });

  const obedient = new RunStop();
  obedient.started(child, Promise.resolve());
  await obedient.timeOut(10_000);
  expect(signals).toEqual(["SIGTERM", "SIGKILL", "SIGTERM"]);
});

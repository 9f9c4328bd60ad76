import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { startContainer, stringField } from "../test/containers.js";
import { skipAloud } from "../test/skip-aloud.js";
import { tracerOf } from "../test/traces.js";
import { sweepLeftovers } from "./engine/leftovers.js";
import { type OwnerProcess, startOwnerProcess } from "./owner-process.js";
import { whyNoDocker, whyNoPodman } from "./prerequisites.js";
import { processesContaining } from "./process-table.js";
import { waitUntilGone } from "./wait-until-gone.js";

const script = new URL("../test/engine-owner.mjs", import.meta.url);
const kinds = [
  { kind: "docker", reason: whyNoDocker() },
  { kind: "podman", reason: whyNoPodman() },
] as const;

for (const { kind, reason } of kinds) {
  describe(`a ${kind} engine whose owner is killed`, { tags: kind === "podman" ? ["thorough"] : [] }, () => {
    skipAloud(reason);
    const parentDirectory = mkdtempSync(join(tmpdir(), "test-engines-"));
    const startOwner = () => startOwnerProcess(script, { args: [kind, parentDirectory] });
    afterAll(() => rmSync(parentDirectory, { recursive: true }));

    it("ends by itself with its containers", async () => {
      await using owner = startOwner();
      const { directory, socketPath } = await readEngine(owner);
      const traces = tracerOf(directory, [await startContainer(socketPath, {})]);
      await owner.kill();
      await waitUntilGone(traces, 10_000);
      expect(readdirSync(parentDirectory)).toEqual([]);
    });

    it("is swept by the next start when what should end it is killed as well", async () => {
      await using owner = startOwner();
      const { directory, socketPath } = await readEngine(owner);
      const traces = tracerOf(directory, [await startContainer(socketPath, {})]);
      for (const { pid, command } of processesContaining("keep-engine.sh")) {
        if (command.includes(directory)) process.kill(pid, "SIGKILL");
      }
      await owner.kill();
      await waitUntilGone(() => processesContaining(`${directory}/`), 10_000);
      expect(existsSync(directory)).toBe(true);
      expect(await sweepLeftovers(parentDirectory)).toEqual([directory]);
      await waitUntilGone(traces, 10_000);
    });

    it("ends at whichever moment of its start that happens", async () => {
      for (let moment = 0; moment < 8; moment++) {
        await using owner = startOwner();
        await owner.line("starting");
        // From the first steps of the start to after its end.
        await delay(moment * 130);
        await owner.kill();
        await waitUntilGone(() => processesContaining(`${parentDirectory}/`), 10_000);
        // An owner that died before it had a keeper leaves a folder with settings.
        await sweepLeftovers(parentDirectory);
        expect(readdirSync(parentDirectory)).toEqual([]);
      }
    });
  });
}

async function readEngine(owner: OwnerProcess): Promise<{ directory: string; socketPath: string }> {
  const answer: unknown = JSON.parse(await owner.line(/^\{/));
  return { directory: stringField(answer, "directory"), socketPath: stringField(answer, "socketPath") };
}

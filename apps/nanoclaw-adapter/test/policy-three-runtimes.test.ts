import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { listSandboxes } from "@nanoclaw/sandbox";
import { dockerOfRun, whyNoBubblewrap } from "@nanoclaw/test-engines";
import { afterEach, expect, test, vi } from "vitest";
import type { Capacity } from "../src/capacity/slot.js";
import { findBaseImage } from "../src/engines/base-image.js";
import { labelNames } from "../src/labels.js";
import { createRouter } from "../src/policy/policy-router.js";
import { openGroupSandbox } from "../src/run/group-sandbox.js";
import type { Runtime } from "../src/runtime.js";
import { testInstallation } from "./policy-installation.js";

const run = promisify(execFile);
const docker = dockerOfRun();
const reason = docker.reason ?? whyNoGuests() ?? whyNoBubblewrap();

afterEach(() => vi.unstubAllEnvs());

/** Lets everybody begin. */
const capacity: Capacity = {
  admit: async () => ({
    queuedMs: 0,
    end: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

const runtimeOf = { family: "docker", chat: "local", finance: "tart" } as const;
const folders = Object.keys(runtimeOf) as (keyof typeof runtimeOf)[];

test.skipIf(reason !== undefined)(
  `F1: three groups run in three runtimes at once, each with what its policy gives it${reason ? ` (${reason})` : ""}`,
  async () => {
    using place = testInstallation();
    await using emulator = await installEmulator();
    await emulator.image({ name: "tart_nanoclaw_base", os: "linux" });
    // Where adapters keep their own records.
    vi.stubEnv("XDG_STATE_HOME", join(place.directory, "state"));
    place.policy({
      default: { network: "none" },
      groups: {
        family: { runtime: "docker", limits: { memoryMiB: 256, pidCount: 77 } },
        chat: { runtime: "local" },
        finance: {
          runtime: "tart",
          sensitive: true,
          network: "open",
          limits: { memoryMiB: 2048, cpuCount: 3 },
        },
      },
      runtimes: {
        docker: { host: docker.dockerHost, image: "nanoclaw-test/dash:1", pull: "never" },
        tart: { program: emulator.program, home: emulator.home },
      },
    });
    // The agent of one group wants out of its machine, meanwhile.
    place.groupFile("finance", { containerConfig: { runtime: "local" } });

    const { installation } = place;
    const router = createRouter(installation, { environment: { CONTAINER_RUNTIME: "docker" } });
    const host = { installation, router, capacity };
    const opened = await Promise.all(folders.map((folder) => openGroupSandbox(host, { group: { folder } })));
    try {
      expect(opened.map(({ choice }) => choice.runtime)).toEqual(folders.map((folder) => runtimeOf[folder]));
      expect(opened.flatMap(({ choice }) => choice.decision.attempts.map(({ asked }) => asked))).toEqual([
        "local",
      ]);
      expect(opened.map(({ sandbox }) => sandbox.capabilities.isolation)).toEqual([
        "container",
        "process",
        "vm",
      ]);

      const said = await Promise.all(
        folders.map((folder, index) => opened[index]?.sandbox.exec(["echo", folder])),
      );
      expect(said.map((each) => each?.stdout)).toEqual(folders.map((folder) => `${folder}\n`));

      // Each engine knows one sandbox, of its own group.
      for (const folder of folders) {
        const runtime: Runtime = runtimeOf[folder];
        const there = await listSandboxes(await router.provider(runtime));
        const ours = there.filter(({ labels }) => labels[labelNames.installation] === installation.slug);
        expect(ours.map(({ labels }) => labels[labelNames.folder])).toEqual([folder]);
      }

      // S10: no network is none, in the engine that was asked for it.
      for (const { sandbox } of opened.slice(0, 2)) {
        const { stdout } = await sandbox.exec(["cat", "/proc/net/dev"]);
        expect(stdout.match(/^ *[\w-]+:/gm)?.map((name) => name.trim())).toEqual(["lo:"]);
      }

      // R10: the engine itself tells the group's resources.
      expect((await opened[0]?.sandbox.stats())?.memoryLimitBytes).toBe(256 * 1_048_576);
      const [vm] = await listSandboxes(await router.provider("tart"));
      const facts = await run(
        emulator.program,
        ["get", machineOf(await listed(emulator)), "--format", "json"],
        {
          env: emulator.environment,
        },
      );
      expect(vm?.id).toBe(opened[2]?.sandbox.id);
      expect(JSON.parse(facts.stdout)).toMatchObject({ CPU: 3, Memory: 2048 });
    } finally {
      await Promise.all(opened.map(({ close }) => close("answered")));
    }
    expect(await emulator.leftovers()).toEqual([]);
  },
);

interface Row {
  readonly Name: string;
}

async function listed(emulator: { program: string; environment: NodeJS.ProcessEnv }): Promise<Row[]> {
  const { stdout } = await run(emulator.program, ["list", "--format", "json"], { env: emulator.environment });
  return JSON.parse(stdout) as Row[];
}

function machineOf(rows: readonly Row[]): string {
  return rows.find(({ Name }) => Name !== "tart_nanoclaw_base")?.Name ?? "";
}

test.skipIf(whyNoGuests() !== undefined)(
  "F10: the base image is asked for by its exact name, and as JSON",
  async () => {
    await using emulator = await installEmulator();
    const { program, home } = emulator;
    await emulator.image({ name: "old_tart_nanoclaw_base_2", os: "linux" });
    const query = { name: "tart_nanoclaw_base", program, home };
    expect(await findBaseImage(query)).toBe("missing");
    await emulator.image({ name: "tart_nanoclaw_base", os: "linux" });
    expect(await findBaseImage(query)).toBe("there");
    await expect(findBaseImage({ ...query, program: "/nonexistent/tart" })).rejects.toMatchObject({
      code: "engine_unavailable",
    });
  },
);

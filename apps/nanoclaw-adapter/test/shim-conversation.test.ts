import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { describe, expect, test } from "vitest";
import type { Runtime } from "../src/index.js";
import { type Conversation, promptOf } from "./hosts/conversation-plan.js";
import { callDocker } from "./hosts/docker-call.js";
import { type TestEngines, testEngines, whyNoEngines } from "./hosts/engines.js";
import { agentEntrypoint, type TestInstallation, testInstallation } from "./hosts/installation.js";
import { Journal } from "./hosts/journal.js";
import { buildPrograms } from "./hosts/programs.js";
import { V1Host } from "./hosts/v1-host.js";

/** What the issue asks for takes minutes on emulators; a run of all tests has a part of it. */
const every = process.env.CHECKS === "all";
const turns = every ? 100 : 4;
const turnsPerRun = every ? 20 : 2;

const concessions = ["guest-mounts", "copied-files"] as const;

describe.each([
  { line: "v1", runtimes: ["docker", "local", "tart", "container"] },
  { line: "v2", runtimes: ["docker", "local", "tart"] },
] as const)("NanoClaw $line with groups in $runtimes", ({ line, runtimes }) => {
  const reason = whyNoEngines(runtimes);

  test.skipIf(reason !== undefined)(
    `F1: every answer is delivered once and in order, and nothing is left${reason === undefined ? "" : ` (${reason})`}`,
    { timeout: 600_000 },
    async () => {
      const programs = await buildPrograms();
      await using engines = await testEngines(runtimes);
      using installation = installationOf(programs.docker, engines, runtimes);
      const host = startHost(programs.conversation, installation, {
        line,
        groups: runtimes,
        turns,
        turnsPerRun,
      });
      expect(await host.ended, host.stderr()).toBe(0);
      const journal = journalOf(installation);
      for (const folder of runtimes) expect(journal.ofGroup(folder)).toEqual(expectedOf(folder));
      expect(host.events).toContainEqual({ orphans: [] });
      expect(await leftOf(installation, engines)).toEqual([]);
    },
  );
});

const killed = [
  { line: "v1", runtimes: ["docker", "local", "tart"] },
  { line: "v2", runtimes: ["docker", "local"] },
] as const;

describe.each(every ? killed : [killed[1]])(
  "NanoClaw $line is killed while its groups work",
  ({ line, runtimes }) => {
    const reason = whyNoEngines(runtimes);

    test.skipIf(reason !== undefined)(
      `R4: what it left is gone in seconds, others keep theirs, and pending turns are delivered once${reason === undefined ? "" : ` (${reason})`}`,
      { timeout: 600_000 },
      async () => {
        const programs = await buildPrograms();
        await using engines = await testEngines(runtimes);
        using installation = installationOf(programs.docker, engines, runtimes);
        using other = installationOf(programs.docker, engines, runtimes);
        // Another NanoClaw of the same user, and so of the same installation as far as engines know.
        other.environment.XDG_STATE_HOME = installation.environment.XDG_STATE_HOME;
        const bystander = new V1Host(other);
        for (const folder of ["docker", "local"]) await bystander.turn(folder, 0, "stay", true);

        const conversation = { line, groups: runtimes, turns: 6, turnsPerRun: 4 };
        const host = startHost(programs.conversation, installation, conversation);
        await host.until(() =>
          runtimes.every((folder) => journalOf(installation).ofGroup(folder).length >= 2),
        );
        host.child.kill("SIGKILL");
        await host.ended;
        const killedAt = performance.now();
        await waitUntilGone(async () => await namesOf(installation), 15_000);
        const goneMs = performance.now() - killedAt;
        expect(await namesOf(other)).toHaveLength(2);

        const next = startHost(programs.conversation, installation, conversation);
        expect(await next.ended, next.stderr()).toBe(0);
        for (const folder of runtimes) {
          expect(journalOf(installation).ofGroup(folder)).toEqual(expectedOf(folder, conversation.turns));
        }
        // The other one's go on as if nothing had been.
        for (const folder of ["docker", "local"]) {
          await bystander.turn(folder, 1, "still there", false);
          await bystander.close(folder);
        }
        expect(journalOf(other).read()).toHaveLength(4);
        expect(await leftOf(installation, engines)).toEqual([]);
        expect(goneMs).toBeLessThan(15_000);
      },
    );
  },
);

const journalOf = ({ root }: TestInstallation) => new Journal(`${root}/data/journal.jsonl`);

function expectedOf(folder: string, count = turns) {
  return Array.from({ length: count }, (_, turn) => ({
    folder,
    turn,
    text: `answer to ${promptOf(folder, turn)}`,
  }));
}

function installationOf(
  docker: string,
  engines: TestEngines,
  runtimes: readonly Runtime[],
): TestInstallation {
  const groups = Object.fromEntries(
    runtimes.map((runtime) => [
      runtime,
      // Docker's engine is asked what the image says.
      { runtime, ...(runtime === "docker" ? {} : { entrypoint: agentEntrypoint, concessions }) },
    ]),
  );
  const installation = testInstallation(docker, { groups, engines: engines.settings });
  Object.assign(installation.environment, engines.environment);
  return installation;
}

interface RunningHost {
  readonly child: ChildProcess;
  readonly events: object[];
  stderr(): string;
  /** Waits until it holds, looking whenever the host has said something. */
  until(holds: () => boolean): Promise<void>;
  readonly ended: Promise<number | null>;
}

function startHost(
  program: string,
  { root, environment }: TestInstallation,
  conversation: Omit<Conversation, "root">,
): RunningHost {
  const env = { ...environment, NANOCLAW_TEST_CONVERSATION: JSON.stringify({ root, ...conversation }) };
  const child = spawn(process.execPath, [program], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const events: object[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => events.push(JSON.parse(line)));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([exitCode]) => exitCode as number | null);
  const until = async (holds: () => boolean) => {
    while (!holds()) {
      const over = await Promise.race([once(lines, "line").then(() => false), ended.then(() => true)]);
      if (over) throw new Error(`The host has ended: ${stderr}`);
    }
  };
  return { child, events, stderr: () => stderr, until, ended };
}

async function namesOf(installation: TestInstallation): Promise<string[]> {
  const { stdout } = await callDocker(installation, ["ps", "--format", "{{.Names}}"]);
  return stdout.split("\n").filter(Boolean);
}

async function leftOf(installation: TestInstallation, engines: TestEngines): Promise<string[]> {
  return [...(await namesOf(installation)), ...(await engines.leftovers())];
}

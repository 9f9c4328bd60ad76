import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { engines } from "./engines.js";

interface Found {
  readonly engine: string;
  readonly adapter: string;
  readonly installed: boolean;
  readonly available: boolean;
  readonly chosen: boolean;
  readonly isolation?: string;
  readonly version?: string;
  readonly endpoint?: string;
  readonly problems: readonly { readonly message: string; readonly hint?: string }[];
}

/** Where nothing is: no programs, no engine, no configuration. */
const nowhere = {
  PATH: "/nonexistent",
  HOME: "/nonexistent",
  DOCKER_HOST: "unix:///nonexistent/engine.sock",
};

describe("doctor where nothing is", () => {
  test("says for each engine what is missing and what fixes it", async () => {
    await using installation = new Installation();
    const { exitCode, stdout, stderr } = await installation.run(["doctor"], { env: nowhere });
    expect(exitCode).toBe(1);
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^docker – .*\n {2}not there\n(?: {2}at: .*\n)? {2}! .*unix:\/\/\/nonexistent\/engine\.sock/m,
    );
    expect(stdout).toMatch(/^local – .*\n {2}not there\n {2}! .*\n {4}→ .*install.*bubblewrap/im);
    expect(stdout).toMatch(/^tart – .*\n {2}not installed.* – npm install .*@nanoclaw\/sandbox-tart$/m);
    expect(stdout).not.toContain("used when no --engine");
  });

  test("says the same as JSON", async () => {
    await using installation = new Installation();
    const { exitCode, stdout } = await installation.run(["doctor", "--json"], { env: nowhere });
    const found = JSON.parse(stdout) as Found[];
    expect(exitCode).toBe(1);
    expect(found.map(({ engine }) => engine)).toEqual(["apple-container", "tart", "docker", "local"]);
    expect(found.every(({ available, chosen }) => !available && !chosen)).toBe(true);
    expect(found.every(({ problems }) => problems.length > 0)).toBe(true);
    expect(found.find(({ engine }) => engine === "docker")).toMatchObject({
      adapter: "@nanoclaw/sandbox-docker",
      installed: true,
      isolation: "container",
    });
  });

  test("a run tells each engine's reason and exits with 125", async () => {
    await using installation = new Installation();
    const { exitCode, stderr } = await installation.run(["run", "--", "true"], { env: nowhere });
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(
      /^sandbox: No engine is there\.\n {2}docker: .*\n {2}local: .*\n {2}Run "sandbox doctor"/m,
    );
  });

  test("does not wait for an engine that never answers", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sandbox-cli-"));
    const server = createServer(() => undefined).listen(join(directory, "engine.sock"));
    try {
      await using installation = new Installation();
      const env = { DOCKER_HOST: `unix://${directory}/engine.sock` };
      const { exitCode, stdout } = await installation.run(["doctor", "docker", "--json"], { env });
      const [found] = JSON.parse(stdout) as Found[];
      expect(exitCode).toBe(1);
      expect(found?.available).toBe(false);
      expect(found?.problems[0]?.message).toBeTruthy();
    } finally {
      server.close();
      rmSync(directory, { recursive: true });
    }
  });
});

for (const { name: engine, env, reason } of engines) {
  describe.skipIf(reason !== undefined)(`doctor with ${engine}${reason ? ` (${reason})` : ""}`, () => {
    test("says version, place and isolation", async () => {
      await using installation = new Installation(env);
      const text = await installation.run(["doctor", engine]);
      expect(text.exitCode).toBe(0);
      expect(text.stdout).toMatch(/^ {2}ready: \d+\.\d+.*, (process|container) isolation$/m);
      const [found] = await installation.json<Found[]>(["doctor", engine, "--json"]);
      expect(found).toMatchObject({ engine, installed: true, available: true });
      expect(found?.version).toMatch(/^\d+\.\d+/);
    });
  });
}

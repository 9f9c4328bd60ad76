import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processesContaining, waitUntilGone } from "@nanoclaw/test-engines";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CallOptions, callDocker, startDocker } from "./hosts/docker-call.js";
import { type TestEngines, testEngines, whyNoEngines } from "./hosts/engines.js";
import { agentImage, openDirectory, type TestInstallation, testInstallation } from "./hosts/installation.js";
import { buildPrograms, type TestPrograms } from "./hosts/programs.js";

const runtimes = ["docker", "local"] as const;
const reason = whyNoEngines(runtimes);

describe.skipIf(reason !== undefined)(
  `docker run by the shim${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let programs: TestPrograms;
    let engines: TestEngines;
    let installation: TestInstallation;
    let count = 0;
    beforeAll(async () => {
      [programs, engines] = await Promise.all([buildPrograms(), testEngines(runtimes)]);
      installation = testInstallation(programs.docker, {
        groups: { docker: { runtime: "docker" }, local: { runtime: "local", entrypoint: ["/bin/sh"] } },
        engines: engines.settings,
      });
      for (const folder of runtimes) openDirectory(join(installation.root, "groups", folder));
    });
    afterAll(async () => {
      expect(await names(installation)).toEqual([]);
      installation[Symbol.dispose]();
      await engines[Symbol.asyncDispose]();
    });
    beforeEach(() => {
      count++;
    });

    /** A run of the group of this name; the flags come before the image. */
    const wordsOf = (folder: string, command: readonly string[], flags: readonly string[] = []) => [
      ...["run", "-i", "--rm", "--name", nameOf(folder)],
      ...["-v", `${join(installation.root, "groups", folder)}:/workspace/group`],
      ...flags,
      ...["--entrypoint", command[0] ?? "", agentImage, ...command.slice(1)],
    ];
    const nameOf = (folder: string) => `nanoclaw-${folder}-${1000 + count}`;
    const run = (
      folder: string,
      command: readonly string[],
      flags: readonly string[] = [],
      options?: CallOptions,
    ) => callDocker(installation, wordsOf(folder, command, flags), options);
    const start = (folder: string, command: readonly string[], flags: readonly string[] = []) =>
      startDocker(installation, wordsOf(folder, command, flags));

    describe.each(runtimes)("in %s", (folder) => {
      test("F13: exit codes and signals are told as they were, and the streams stay apart", async () => {
        const [seven, killed, both] = [
          await run(folder, ["sh", "-c", "exit 7"]),
          await run(folder, ["sh", "-c", "kill -9 $$"]),
          await run(folder, ["sh", "-c", "echo out; echo err >&2"]),
        ];
        expect(seven.exitCode).toBe(7);
        expect(killed.exitCode).toBe(137);
        expect(both).toMatchObject({ exitCode: 0, stdout: "out\n", stderr: "err\n" });
      });

      test("input and output are passed on byte for byte, to the last", async () => {
        const bytes = Buffer.from(
          Array.from({ length: 1 << 20 }, (_, index) => (index * 7 + (index >> 8)) & 0xff),
        );
        const { exitCode, bytes: echoed } = await run(folder, ["cat"], [], { input: bytes });
        expect(exitCode).toBe(0);
        expect(echoed.equals(bytes)).toBe(true);
      });

      test("S6: names, variables and arguments of any characters stay what they are", async () => {
        const odd = `quotes "'\` $(touch /tmp/pwned) \${HOME} ; & | \n line \\ end`;
        const printed = await run(
          folder,
          ["sh", "-c", 'printf "%s|%s" "$ODD" "$1"', "sh", odd],
          ["-e", `ODD=${odd}`],
        );
        expect(printed.stdout).toBe(`${odd}|${odd}`);
      });
    });
  },
);

async function names(installation: TestInstallation): Promise<string[]> {
  const { stdout } = await callDocker(installation, ["ps", "--format", "{{.Names}}"]);
  return stdout.split("\n").filter(Boolean);
}

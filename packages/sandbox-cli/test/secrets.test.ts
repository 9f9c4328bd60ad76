import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { processesContaining } from "@nanoclaw/test-engines";
import { afterAll, describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { inspect } from "./containers.js";
import { engines, tagsOf } from "./engines.js";

const value = "s3cret-4711-value";
const fromFile = "s3cret-4712-file";

for (const { name: engine, options, env, reason } of engines) {
  describe.skipIf(reason !== undefined)(
    `secrets on ${engine}${reason ? ` (${reason})` : ""}`,
    { tags: tagsOf(engine) },
    () => {
      const installation = new Installation(env);
      const file = join(installation.directory, "token");
      writeFileSync(file, `${fromFile}\n`);
      afterAll(() => installation[Symbol.asyncDispose]());
      const words = ["--secret", "TOKEN", "--secret", `OTHER=@${file}`];

      test("reach the command and no argument list, listing or engine record", async () => {
        const script = 'echo "$TOKEN $OTHER"; sleep 1000';
        const running = installation.start(
          ["run", ...options, ...words, "--verbose", "--", "sh", "-c", script],
          {
            env: { TOKEN: value },
          },
        );
        await running.saw(`${value} ${fromFile}`);
        const listing = await installation.json<{ id: string }[]>(["ls", "--engine", engine, "--json"]);
        const records = env.DOCKER_HOST ? await inspect(env.DOCKER_HOST, listing[0]?.id ?? "") : "";
        expect(listing.length).toBe(1);
        for (const secret of [value, fromFile]) {
          expect(processesContaining(secret)).toEqual([]);
          expect(JSON.stringify(listing)).not.toContain(secret);
          expect(records).not.toContain(secret);
        }
        running.child.kill("SIGINT");
        const { stderr } = await running.ended;
        expect(stderr).not.toContain(value);
        expect(stderr).not.toContain(fromFile);
      });

      test("are not repeated by an error with all its causes", async () => {
        const { stderr, exitCode } = await installation.run(
          ["run", ...options, ...words, "--verbose", "-w", "relative", "--", "true"],
          { env: { TOKEN: value } },
        );
        expect(exitCode).toBe(125);
        expect(stderr).not.toContain(value);
        expect(stderr).not.toContain(fromFile);
      });

      test("are given to a command of a sandbox that is there, and stay out of it", async () => {
        const id = (await installation.run(["create", ...options])).stdout.trim();
        const exec = ["exec", "--engine", engine, ...words, id, "sh", "-c", 'echo "$TOKEN $OTHER"'];
        expect((await installation.run(exec, { env: { TOKEN: value } })).stdout).toBe(
          `${value} ${fromFile}\n`,
        );
        const later = await installation.run([
          "exec",
          "--engine",
          engine,
          id,
          "sh",
          "-c",
          'echo "$TOKEN"; env',
        ]);
        expect(later.stdout).not.toContain(value);
        await installation.run(["rm", "--engine", engine, id]);
      });
    },
  );
}

test("a secret that the host does not have is told before anything is made", async () => {
  await using installation = new Installation();
  const { exitCode, stderr } = await installation.run(["run", "--secret", "NOT_SET_ANYWHERE", "true"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("NOT_SET_ANYWHERE is not set on the host");
});

test("a secret file is named in errors, its content is not", async () => {
  await using installation = new Installation();
  const path = join(installation.directory, "binary");
  writeFileSync(path, Buffer.from([0x73, 0x33, 0xff, 0x00]));
  const { exitCode, stderr } = await installation.run(["run", "--secret", `A=@${path}`, "true"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--secret A");
});

import { waitUntilGone } from "@nanoclaw/test-engines";
import { afterAll, describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { engines } from "./engines.js";

interface Listed {
  readonly id: string;
  readonly name?: string;
  readonly engine: string;
  readonly state: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly owner: { readonly pid: number; readonly alive: boolean | null };
  readonly kept: boolean;
  readonly orphaned: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

for (const { name: engine, options, env, reason } of engines) {
  describe.skipIf(reason !== undefined)(
    `a sandbox that lives on, on ${engine}${reason ? ` (${reason})` : ""}`,
    () => {
      const installation = new Installation(env);
      afterAll(() => installation[Symbol.asyncDispose]());
      const list = () => installation.json<Listed[]>(["ls", "--engine", engine, "--json"]);

      test("is created, listed, entered by id and by name, and removed", async () => {
        const created = await installation.run([
          "create",
          ...options,
          "--name",
          "box",
          "--ttl",
          "10m",
          "-l",
          "a=b",
        ]);
        expect(created.stderr.replace(/^Starting.*\n/, "")).toBe("");
        expect(created.exitCode).toBe(0);
        const id = created.stdout.trim();
        expect(created.stdout).toBe(`${id}\n`);

        const [listed, ...more] = await list();
        expect(more).toEqual([]);
        expect(listed).toMatchObject({
          id,
          name: "box",
          engine,
          state: "running",
          kept: true,
          orphaned: false,
        });
        expect(listed?.labels).toEqual({ a: "b" });
        expect(listed?.owner.alive).toBe(false);
        const life = Date.parse(listed?.expiresAt ?? "") - Date.parse(listed?.createdAt ?? "");
        expect(life / 60_000).toBeCloseTo(10, 0);

        const table = await installation.run(["ls", "--engine", engine]);
        expect(table.stdout).toMatch(/^ID +NAME +ENGINE +IMAGE +STATE +AGE +ENDS\n/);
        expect(table.stdout).toContain(id);
        expect((await installation.run(["ls", "--engine", engine, "-q"])).stdout).toBe(`${id}\n`);

        await installation.run(["exec", "--engine", engine, id, "--", "sh", "-c", "echo state >/tmp/state"]);
        const back = await installation.run(["exec", "--engine", engine, "box", "cat", "/tmp/state"]);
        expect(back.stdout).toBe("state\n");

        const removed = await installation.run(["rm", "--engine", engine, "box"]);
        expect(removed.stdout).toBe(`${id}\n`);
        expect(await list()).toEqual([]);
        await installation.expectNothingLeft();
      });

      test("gives exec the exit code, the streams, the environment and the directory of its own", async () => {
        const { id } = await installation.json<Listed>(["create", ...options, "--json"]);
        const exec = (...words: string[]) => installation.run(["exec", "--engine", engine, ...words]);
        const words = ["-e", "A=1", "-w", "/tmp", id, "sh", "-c", 'echo "$A $PWD"; echo err >&2; exit 9'];
        const ended = await exec(...words);
        expect(ended).toMatchObject({ stdout: "1 /tmp\n", stderr: "err\n", exitCode: 9 });
        const echoed = await installation.run(["exec", "--engine", engine, "-i", id, "cat"], {
          input: "to and fro",
        });
        expect(echoed.stdout).toBe("to and fro");
        const late = await exec("--timeout", "500ms", id, "sleep", "1000");
        expect(late.exitCode).toBe(124);
        expect((await exec(id, "sh", "-c", "ps | grep -c '[s]leep 1000'")).stdout).toBe("0\n");
        await installation.run(["rm", "--engine", engine, id]);
      });

      test("ends by itself when its time is up", async () => {
        await using installation = new Installation(env);
        await installation.run(["create", ...options, "--ttl", "2s"]);
        expect(await installation.living()).not.toEqual([]);
        await waitUntilGone(() => installation.living(), 15_000);
        // On bubblewrap, which has no daemon, its record stays until somebody looks.
        await installation.run(["gc", "--engine", engine, "--force"]);
        expect(await installation.leftovers()).toEqual([]);
      });

      test("that is not there is told, with exit code 125", async () => {
        for (const words of [
          ["exec", "nobody", "true"],
          ["rm", "nobody"],
          ["cp", "nobody:/x", "y"],
        ]) {
          const [command = "", ...rest] = words;
          const { exitCode, stderr } = await installation.run([command, "--engine", engine, ...rest]);
          expect(stderr).toContain('"nobody"');
          expect(exitCode).toBe(125);
        }
      });

      test("is left alone by gc, which removes nothing without --force", async () => {
        const { id } = await installation.json<Listed>(["create", ...options, "--json"]);
        const dry = await installation.json<object>(["gc", "--engine", engine, "--json"]);
        expect(dry).toEqual({ dryRun: true, removed: [], failed: [] });
        const real = await installation.json<object>(["gc", "--engine", engine, "--force", "--json"]);
        expect(real).toEqual({ dryRun: false, removed: [], failed: [] });
        expect((await list()).map((sandbox) => sandbox.id)).toEqual([id]);
        await installation.run(["rm", "--engine", engine, id]);
      });
    },
  );
}

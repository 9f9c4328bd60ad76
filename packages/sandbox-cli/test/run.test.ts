import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cliPath, Installation, withoutProgress } from "./cli.js";
import { engines, tagsOf } from "./engines.js";

for (const { name, options, env, reason } of engines) {
  describe.skipIf(reason !== undefined)(
    `run on ${name}${reason ? ` (${reason})` : ""}`,
    { tags: tagsOf(name) },
    () => {
      const installation = new Installation(env);
      afterAll(() => installation[Symbol.asyncDispose]());
      const run = (words: readonly string[], rest: Parameters<Installation["run"]>[1] = {}) =>
        installation.run(["run", ...options, ...words], rest);

      test("exits with the command's own exit code", async () => {
        expect((await run(["--", "true"])).exitCode).toBe(0);
        expect((await run(["--", "sh", "-c", "exit 3"])).exitCode).toBe(3);
        expect((await run(["--", "sh", "-c", "exit 255"])).exitCode).toBe(255);
      });

      test("exits with 128 and the signal's number after death by a signal", async () => {
        expect((await run(["--", "sh", "-c", "kill -9 $$"])).exitCode).toBe(137);
        expect((await run(["--", "sh", "-c", "kill -TERM $$"])).exitCode).toBe(143);
      });

      test("exits with 127 when there is no such program and with 126 when it cannot be run", async () => {
        expect((await run(["--", "no-such-program"])).exitCode).toBe(127);
        expect((await run(["--", "/tmp"])).exitCode).toBe(126);
      });

      test("takes everything from the first word as the command", async () => {
        const { stdout, exitCode } = await run([
          "echo",
          "--engine",
          "-i",
          "--",
          "--keep",
          "*",
          "$HOME",
          "a  b",
        ]);
        expect(stdout).toBe("--engine -i -- --keep * $HOME a  b\n");
        expect(exitCode).toBe(0);
      });

      test("keeps standard output and standard error apart", async () => {
        const { stdout, stderr } = await run(["--", "sh", "-c", "echo out; echo err >&2"]);
        expect(stdout).toBe("out\n");
        expect(withoutProgress(stderr)).toBe("err\n");
      });

      test("passes binary standard input and output on exactly", async () => {
        const bytes = randomBytes(8 * 1024 * 1024);
        const { bytes: back, exitCode } = await run(["-i", "--", "cat"], { input: bytes });
        expect(exitCode).toBe(0);
        expect(digest(back)).toBe(digest(bytes));
      });

      test("passes much output on exactly, with what standard error says beside it", async () => {
        const script = "{ head -c 33554432 /dev/urandom | tee /dev/fd/3 | sha256sum >&2; } 3>&1";
        const { bytes, stderr, exitCode } = await run(["--", "sh", "-c", script]);
        expect(exitCode).toBe(0);
        expect(bytes.length).toBe(33_554_432);
        const [told] = withoutProgress(stderr).split(" ");
        expect(createHash("sha256").update(bytes).digest("hex")).toBe(told);
      });

      test("gives a command end of input at once without -i", async () => {
        const { stdout, exitCode } = await run(["--", "sh", "-c", "cat; echo end"], { input: "not for it" });
        expect(stdout).toBe("end\n");
        expect(exitCode).toBe(0);
      });

      test("ends although its standard input stays open", async () => {
        const running = installation.start(["run", ...options, "-i", "--", "head", "-n", "1"], {
          input: "open",
        });
        running.child.stdin.write("first\n");
        const { stdout, exitCode } = await running.ended;
        expect(stdout).toBe("first\n");
        expect(exitCode).toBe(0);
      });

      test("survives a command that closes its standard input early", async () => {
        const { exitCode } = await run(["-i", "--", "sh", "-c", "exec <&-; exit 4"], {
          input: Buffer.alloc(4 * 1024 * 1024),
        });
        expect(exitCode).toBe(4);
      });

      test("ends cleanly when its reader has gone", async () => {
        const words = [cliPath, "run", ...options, "--", "yes"].map((word) => `'${word}'`).join(" ");
        const script = `{ '${process.execPath}' ${words}; echo "exit $?" >&2; } | head -n 1`;
        const { stdout, stderr } = await installation.startProgram("sh", ["-c", script]).ended;
        expect(stdout).toBe("y\n");
        expect(withoutProgress(stderr)).toBe("exit 141\n");
        await installation.expectNothingLeft();
      });

      test("kills a command whose time is up, and says so", async () => {
        const { exitCode, stdout, stderr } = await run([
          "--timeout",
          "1s",
          "--",
          "sh",
          "-c",
          "echo a; sleep 1000",
        ]);
        expect(exitCode).toBe(124);
        expect(stdout).toBe("a\n");
        expect(withoutProgress(stderr)).toBe("sandbox: The command was killed: its time of 1s was up.\n");
      });

      test("gives environment, working directory and mounts to the command", async () => {
        writeFileSync(join(installation.directory, "file"), "from the host\n");
        const words = ["-e", "A=b c", "-e", "FROM_HOST", "-v", ".:/mnt/host", "-w", "/mnt/host", "--"];
        const script = 'echo "$A|$FROM_HOST|$PWD"; cat file; echo x 2>/dev/null >made || echo read-only';
        const { stdout } = await run([...words, "sh", "-c", script], { env: { FROM_HOST: "passed on" } });
        expect(stdout).toBe("b c|passed on|/mnt/host\nfrom the host\nread-only\n");
        const writable = await run([
          "-v",
          ".:/mnt/host:rw",
          "--",
          "sh",
          "-c",
          "echo x >/mnt/host/made && echo written",
        ]);
        expect(writable.stdout).toBe("written\n");
      });

      test("tells a refusal with a hint and 125, before anything is made", async () => {
        const { exitCode, stderr, stdout } = await run(["-v", "/no/such/place:/work", "--", "true"]);
        expect(exitCode).toBe(125);
        expect(stdout).toBe("");
        expect(withoutProgress(stderr)).toMatch(/^sandbox: .*\/no\/such\/place/);
        expect((await installation.json<unknown[]>(["ls", "--json"])).length).toBe(0);
      });

      test("says nothing of its own when it is not on a terminal", async () => {
        expect(withoutProgress((await run(["--", "true"])).stderr)).toBe("");
      });

      test("keeps a sandbox and says how to get in and how to remove it", async () => {
        const { exitCode, stderr } = await run([
          "--keep=10m",
          "--",
          "sh",
          "-c",
          "echo kept >/tmp/mark; exit 7",
        ]);
        expect(exitCode).toBe(7);
        const [, lookInside = "", remove = ""] =
          /Kept for 10m[^\n]*\n\s*look inside: +sandbox ([^\n]*)\n\s*remove: +sandbox ([^\n]*)\n/.exec(
            stderr,
          ) ?? [];
        const into = lookInside.replace(" -it", "").split(" ").slice(0, -1);
        expect((await installation.run([...into, "cat", "/tmp/mark"])).stdout).toBe("kept\n");
        expect((await installation.run(remove.split(" "))).exitCode).toBe(0);
        await installation.expectNothingLeft();
      });
    },
  );
}

function digest(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`;
}

import { existsSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { afterAll, describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { engines, tagsOf } from "./engines.js";

const noServer = ["/bin/busybox", "/usr/bin/busybox"].some(existsSync)
  ? undefined
  : "No server for the guest: busybox not found; on Debian and Ubuntu: apt-get install busybox-static";

for (const { name: engine, options, env, reason = noServer } of engines) {
  describe.skipIf(reason !== undefined)(
    `--port on ${engine}${reason ? ` (${reason})` : ""}`,
    { tags: tagsOf(engine) },
    () => {
      const installation = new Installation(env);
      afterAll(() => installation[Symbol.asyncDispose]());

      test("opens a port on the host's loopback and says where", async () => {
        const serve = "while echo hello | busybox nc -l -p 8080; do :; done";
        const running = installation.start(["run", ...options, "-p", "8080", "--", "sh", "-c", serve]);
        await running.saw("Port 8080 of the sandbox is at http://127.0.0.1:");
        const port = Number(/127\.0\.0\.1:(\d+)/.exec(running.output())?.[1]);
        let answer = "";
        // The way is open before the guest's server listens.
        await waitUntilGone(async () => {
          answer = await ask(port);
          return answer === "";
        }, 10_000);
        expect(answer).toBe("hello\n");
        running.child.kill("SIGTERM");
        expect((await running.ended).exitCode).toBe(143);
        expect(await ask(port)).toBe("");
      });

      test("is for create only where the engine itself keeps the way open", async () => {
        const created = await installation.run(["create", ...options, "-p", "8080", "--json"]);
        if (engine === "local") {
          expect(created).toMatchObject({ exitCode: 2, stdout: "" });
          expect(created.stderr).toContain("--port: on local");
          return;
        }
        const { id, ports } = JSON.parse(created.stdout);
        expect(ports).toEqual([{ port: 8080, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) }]);
        await installation.run(["rm", "--engine", engine, id]);
      });
    },
  );
}

/** What a server says, or nothing where none does. */
function ask(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setTimeout(2_000, () => socket.destroy());
  return text(socket).catch(() => "");
}

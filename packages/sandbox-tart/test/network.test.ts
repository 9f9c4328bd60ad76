import { once } from "node:events";
import { createServer } from "node:net";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { createSandbox } from "@nanoclaw/sandbox";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Emulated, emulated } from "./emulated.js";

const reason = whyNoGuests();
let engine: Emulated;

beforeAll(async () => {
  if (reason !== undefined) return;
  engine = await emulated({ softnet: true });
  vi.stubEnv("PATH", engine.emulator.environment.PATH);
});

beforeEach(({ skip }) => skip(reason !== undefined, reason));

afterAll(async () => {
  vi.unstubAllEnvs();
  await engine?.[Symbol.asyncDispose]();
});

test("network none lets nothing through, network open does", async () => {
  const server = createServer((socket) => socket.end("from the host\n"));
  await once(server.listen(0, "0.0.0.0"), "listening");
  const { port } = server.address() as { port: number };
  // The guest's gateway is the host.
  const ask = `exec 3<>/dev/tcp/192.168.64.1/${port} && cat <&3`;
  try {
    const answer = async (network: "open" | "none") => {
      await using sandbox = await createSandbox(engine.provider(), { network });
      const { exitCode, stdout } = await sandbox.exec(["timeout", "2", "bash", "-c", ask]);
      const opening = sandbox.ports.open(port);
      if (network === "none") await expect(opening).rejects.toMatchObject({ code: "unsupported" });
      else await (await opening).close();
      return { exitCode, stdout };
    };
    expect(await answer("open")).toEqual({ exitCode: 0, stdout: "from the host\n" });
    // 124 is the limit of time, 1 a refusal.
    const { exitCode, stdout } = await answer("none");
    expect([1, 124]).toContain(exitCode);
    expect(stdout).toBe("");
  } finally {
    server.close();
  }
  expect(await engine.leftovers()).toEqual([]);
});

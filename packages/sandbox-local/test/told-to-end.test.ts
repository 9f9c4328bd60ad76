import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { createSandbox } from "@nanoclaw/sandbox";
import { expect, test } from "vitest";
import { local } from "../src/index.js";

test("output that nobody has read yet outlasts a signal, and so does what the command says after it", async () => {
  await using sandbox = await createSandbox(local());
  const script = `trap 'wait; echo told; exit 3' TERM
(trap '' TERM; exec head -c 3000000 /dev/zero) & wait; wait`;
  const child = await sandbox.spawn(script, { input: "shares a shell" });
  await once(child.stdout, "readable");
  // Until nothing moves any more: the command is then held up by its reader, and the shell that it shares with it.
  await expect.poll(() => settled(() => child.stdout.readableLength)).toBe(true);
  await child.kill("SIGTERM");
  let length = 0;
  for await (const piece of child.stdout) length += piece.length;
  expect(length).toBe(3_000_000 + "told\n".length);
  expect(await child.wait()).toMatchObject({ exitCode: 3 });
});

async function settled(length: () => number): Promise<boolean> {
  const before = length();
  await delay(50);
  return length() === before;
}
